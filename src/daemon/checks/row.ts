import type { Selectable } from 'kysely';
import type { Outcome, Result } from '../../core/checks/check.ts';
import { nextDue } from '../../core/checks/due.ts';
import { unwatched, type Watched } from '../../core/checks/observe.ts';
import type { Policy } from '../../core/checks/policy.ts';
import type { Settings } from '../../core/checks/settings.ts';
import { type Told, untold } from '../../core/checks/tell.ts';
import type { Beat } from '../../core/checks/tools.ts';
import type { CheckRow } from '../../core/store/tables.ts';

/** A result as it is kept beside the newest one: when, what, how long in ms. */
export type Brief = readonly [at: number, outcome: Outcome, took: number];

/** What a check has come to, as its row keeps it. */
export interface Status {
  readonly watched: Watched;
  readonly told: Told;
  /** The newest result, and when it was there. */
  readonly last: (Result & { readonly at: number }) | null;
  /** The newest results, the newest last, so many at most. */
  readonly recent: readonly Brief[];
}

/** How many of the newest results are kept of each check. */
export const kept = 60;

/** A check as the daemon works with it. */
export interface Watch extends Omit<Selectable<CheckRow>, 'settings' | 'policy' | 'labels' | 'status' | 'beat'> {
  readonly settings: Settings;
  readonly policy: Policy;
  readonly labels: Readonly<Record<string, string>>;
  readonly status: Status;
  readonly beat: Beat | undefined;
}

/** The row with its documents read. */
export function readRow(row: Selectable<CheckRow>): Watch {
  return {
    ...row,
    settings: JSON.parse(row.settings),
    policy: JSON.parse(row.policy),
    labels: JSON.parse(row.labels),
    status: JSON.parse(row.status),
    beat: row.beat === null ? undefined : JSON.parse(row.beat),
  };
}

/** When the check is due next after a run that ended at that moment (ms). */
export function dueAfter({ id, policy, next_due }: Pick<Watch, 'id' | 'policy' | 'next_due'>, at: number): number {
  return nextDue(id, policy.interval, Math.max(at, next_due));
}

/** Of a check that has not run yet. */
export function newStatus(now: number): Status {
  return { watched: unwatched(now), told: untold, last: null, recent: [] };
}
