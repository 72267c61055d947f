/** How many images stay, by restic's meaning: each rule on its own, an image stays when any rule wants it. */
export interface Keep {
  readonly last?: number;
  readonly hourly?: number;
  readonly daily?: number;
  readonly weekly?: number;
  readonly monthly?: number;
  readonly yearly?: number;
  /** Milliseconds before the newest good image. */
  readonly within?: number;
}

/** What a schedule was asked to do; durations in milliseconds. */
export interface ScheduleSpec {
  /** Names or ids of servers. */
  readonly servers: readonly string[];
  readonly selector?: string;
  /** Names or ids that the selector must not take. */
  readonly exclude: readonly string[];
  /** Five fields, or six with seconds first. */
  readonly cron: string;
  /** Of the IANA database, such as Europe/Berlin. */
  readonly zone: string;
  readonly keep: Keep;
  /** Good images that are never deleted, at least 1. */
  readonly minKeep: number;
  /** Stop the server for the time of the image, and start it again. */
  readonly shutdown: boolean;
  /** Names of commands in the daemon's configuration, run before and after. */
  readonly before?: string;
  readonly after?: string;
  /** How late a run that was missed may still begin. */
  readonly window: number;
  /** Each run begins later by up to this, spread over the servers. */
  readonly jitter: number;
  /** From marking an image to deleting it. */
  readonly grace: number;
  /** Euros a month that the schedule's images may cost together; a run that would go beyond is refused. */
  readonly maxMonthlyCost?: number;
  /** When restore tests are made, in the same zone. */
  readonly verifyCron?: string;
}

/** An image as the rules see it; times in milliseconds. */
export interface Candidate {
  readonly id: number;
  readonly server: number;
  readonly created: number;
  /** Available, of a finished action, of this schedule's run, with all labels. */
  readonly good: boolean;
  readonly protected: boolean;
  readonly held: boolean;
  /** Gigabytes; null while unknown. */
  readonly size: number | null;
  /** When it may be deleted, null while it is not marked. */
  readonly deleteAfter: number | null;
}

/** What becomes of one image, and why. */
export interface Verdict {
  readonly id: number;
  readonly decision: 'keep' | 'mark' | 'unmark' | 'delete' | 'ignore';
  /** A sentence each: `daily of 2026-11-24`, `held: audit until 2027-01-01`. */
  readonly reasons: readonly string[];
}
