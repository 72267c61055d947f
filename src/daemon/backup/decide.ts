import { next, parseCron } from '../../core/backup/cron.ts';
import { due } from '../../core/backup/due.ts';
import { type Plan, type PlanImage, plan } from '../../core/backup/plan.ts';
import type { ScheduleSpec } from '../../core/backup/types.ts';
import type { Price } from '../../core/hetzner/types.ts';
import type { ImageRow } from '../../core/store/tables.ts';
import { readFrozen } from '../frozen.ts';
import type { Tools } from '../tools.ts';
import { readJump } from './clock.ts';
import { isHeld } from './images.ts';
import type { Schedule } from './schedule.ts';

/** When a cron line is due next after that time (milliseconds). */
export function nextDue(cron: string, zone: string, after: number): number {
  return next(parseCron(cron, zone), after);
}

/** What is to be done about a schedule that is due: the due time to run for, or the one that was missed. */
export function whatIsDue({ cron, zone, window }: ScheduleSpec, nextDue: number, now: number) {
  return due({ cron: parseCron(cron, zone), window, nextDue }, now);
}

/** What may stop deletions everywhere, as it is now. */
export interface Brakes {
  /** Milliseconds. */
  readonly now: number;
  readonly frozen: boolean;
  readonly clockJumped: number | null;
}

/** Reads what may stop deletions. */
export async function readBrakes(tools: Pick<Tools, 'store' | 'clock'>): Promise<Brakes> {
  const [freeze, jump] = [await readFrozen(tools), await readJump(tools.store)];
  return { now: tools.clock.now(), frozen: freeze !== undefined, clockJumped: jump ?? null };
}

/** What a server's images are judged by beside its schedule. */
export interface Circumstances {
  readonly serverExists: boolean;
  /** The spec was changed just now: what it lets go at once is limited by what was made since an image was last let go (milliseconds). */
  readonly edited?: { readonly lastPruned: number };
  readonly perGigabyte?: Price;
}

/** What becomes of a server's images, as the store knows them: what `plan` shows and a pruning carries out. */
export function judge(
  schedule: Schedule,
  server: number,
  rows: readonly ImageRow[],
  { now, frozen, clockJumped }: Brakes,
  { serverExists, edited, perGigabyte }: Circumstances,
): Plan {
  const approval = schedule.approval_since !== null ? 'waiting' : edited ? 'edited' : 'none';
  return plan({
    spec: schedule.spec,
    server,
    images: rows.map(row => candidate(row, now)),
    now,
    state: {
      frozen,
      managed: true,
      serverExists,
      approval,
      clockJumped,
      created: rows.filter(row => row.state === 'good' && row.created > (edited?.lastPruned ?? 0)).length,
    },
    perGigabyte: perGigabyte ?? null,
  });
}

function candidate(row: ImageRow, now: number): PlanImage {
  return {
    id: row.id,
    server: row.server_id,
    created: row.created,
    good: row.state === 'good',
    protected: row.protected === 1,
    held: isHeld(row, now),
    size: row.size,
    deleteAfter: row.delete_after,
    unmanaged: row.unmanaged === 1,
    released: row.released === 1,
  };
}
