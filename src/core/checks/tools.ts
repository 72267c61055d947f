import type { Server } from '../hetzner/types.ts';
import type { Guard } from '../transport/guard.ts';

/** The last sign of life that a push check was given. */
export interface Beat {
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** False when it was told that the work failed. */
  readonly ok: boolean;
  readonly message?: string;
}

/** What a month costs, in the currency named. */
export interface MonthlyCost {
  readonly net: number;
  readonly gross: number;
  readonly currency: string;
}

/** How young the backups of a schedule are, by its servers. */
export interface Backups {
  readonly servers: readonly { readonly name: string; readonly state: 'new' | 'ok' | 'late' | 'stale' }[];
}

/** One value of a server's metric, and when it was measured, in ms. */
export interface Sample {
  readonly at: number;
  readonly value: number;
}

/** What the kinds of checks look with. What many of them ask for is read once for all. */
export interface CheckTools {
  readonly now: () => number;
  /** Aborted when the time of the run is up. */
  readonly signal: AbortSignal;
  /** Milliseconds of the run. */
  readonly timeout: number;
  /** The addresses of a host, which alone may be connected to; throws `refused` where a check must not go. */
  readonly guard: Guard;
  /** Since when signs of life can have come in: before that the daemon did not listen. */
  readonly listening: number;
  /** The last sign of life of this check. */
  readonly beat?: Beat;
  /** All servers of the project; throws what Hetzner answers. */
  readonly servers: () => Promise<readonly Server[]>;
  /** What exists now costs for a whole month (`next`), or all of this one to its end, with its traffic (`now`); throws what Hetzner answers. */
  readonly monthlyCost: (month: 'now' | 'next') => Promise<MonthlyCost>;
  /** The backups of a schedule, by its name or id; undefined when there is none. */
  readonly backups: (schedule: string) => Promise<Backups | undefined>;
  /** The samples of a series that were taken since that time (ms), in order; absent where the daemon keeps none. */
  readonly readLatest?: (
    server: number,
    metric: string,
    since: number,
  ) => readonly Sample[] | Promise<readonly Sample[]>;
}
