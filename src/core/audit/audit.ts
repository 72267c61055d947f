import type { Step } from '../store/store.ts';

/** Who did what to what, and what came of it. */
export interface Entry {
  /** `admin@host`, `schedule nightly`, `system`. */
  readonly actor: string;
  /** `schedule.create`, `backup.delete`, `server.power-on`. */
  readonly action: string;
  readonly target: { readonly type: string; readonly id: string | number; readonly name?: string };
  readonly result: 'begun' | 'done' | 'refused' | 'failed';
  /** Which rule kept it, which error it was. */
  readonly reason?: string;
  /** The entry whose outcome this is. */
  readonly of?: number;
  readonly requestId?: string;
  /** Where the request came from. */
  readonly address?: string;
  /** What changed, secrets as HMAC. */
  readonly difference?: unknown;
}

/** The log of changes: an entry is durable before the deed it tells of. */
export interface Audit {
  /** Adds entries in one commit with these writes; their numbers, or undefined when a write did not change as many rows as it had to. */
  commit(entries: readonly Entry[], steps?: readonly Step[]): Promise<readonly number[] | undefined>;
}
