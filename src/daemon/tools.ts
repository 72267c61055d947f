import type { Api } from '../core/api.ts';
import type { Audit } from '../core/audit/audit.ts';
import type { Log } from '../core/log.ts';
import type { Queue } from '../core/queue/queue.ts';
import type { Store } from '../core/store/store.ts';
import type { Clock } from '../core/world.ts';

/** What the daemon's parts work with; made once by daemon.ts, and by tests with a fake clock and a fake Hetzner. */
export interface Tools {
  readonly store: Store;
  readonly queue: Queue;
  readonly audit: Audit;
  readonly clock: Clock;
  readonly log: Log;
  /** Hetzner by the daemon's own token. */
  readonly hetzner: Api;
  /** From 0 up to 1. */
  readonly random: () => number;
  /** Aborted when the daemon stops. */
  readonly signal: AbortSignal;
  readonly settings: DaemonLimits;
  /** Runs a command that the configuration names, with these variables added to its environment; throws `usage` for an unknown name, `refused` when it fails. */
  readonly hook: (name: string, variables: Readonly<Record<string, string>>) => Promise<void>;
  /** A sign of life of what the part has promised to give (see `Pulse`), such as the scheduler's tick. */
  readonly beat?: (part: string) => void;
}

/** What the configuration says about backups. */
export interface DaemonLimits {
  /** Images made at the same time, over all schedules. */
  readonly maxConcurrentImages: number;
  /** Snapshots that the project may have, undefined where it is not known. */
  readonly snapshotLimit?: number;
  /** Names of the commands that schedules may refer to. */
  readonly hooks: readonly string[];
}
