import { next, parseCron } from '../../core/backup/cron.ts';
import { due } from '../../core/backup/due.ts';
import { type Plan, type PlanImage, plan } from '../../core/backup/plan.ts';
import type { ScheduleSpec } from '../../core/backup/types.ts';
import type { Price } from '../../core/hetzner/types.ts';
import type { ImageRow } from '../../core/store/tables.ts';
import { readFrozen } from '../frozen.ts';
import type { Tools } from '../tools.ts';
import { readJump } from './clock.ts';
import { isHeld, isPresent } from './images.ts';
import type { Schedule } from './schedule.ts';

/** When a cron line is due next after that time (milliseconds). */
export function nextDue(cron: string, zone: string, after: number): number {
  return next(parseCron(cron, zone), after);
}

/** What is to be done about a schedule that is due: the due time to run for, or the one that was missed. */
export function whatIsDue({ cron, zone, window }: ScheduleSpec, nextDue: number, now: number) {
  return due({ cron: parseCron(cron, zone), window, nextDue }, now);
}

/** What a server's images are judged by beside its schedule. */
export interface Circumstances {
  readonly serverExists: boolean;
  /** The spec was changed just now: what it lets go at once is limited. */
  readonly edited?: boolean;
  readonly perGigabyte?: Price;
}

/** What becomes of a server's images, as the store knows them: what `plan` shows and a pruning carries out. */
export async function judge(
  tools: Pick<Tools, 'store' | 'clock'>,
  schedule: Schedule,
  server: number,
  rows: readonly ImageRow[],
  { serverExists, edited = false, perGigabyte }: Circumstances,
): Promise<Plan> {
  const now = tools.clock.now();
  const approval = schedule.approval_since !== null ? 'waiting' : edited ? 'edited' : 'none';
  return plan({
    spec: schedule.spec,
    server,
    images: rows.filter(isPresent).map(row => candidate(row, now)),
    now,
    state: {
      frozen: (await readFrozen(tools)) !== undefined,
      managed: true,
      serverExists,
      approval,
      clockJumped: (await readJump(tools.store)) ?? null,
      created: countSince(rows, lastPruned(rows, schedule.spec)),
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

/** When an image was last marked or deleted, as far as the rows tell. */
function lastPruned(rows: readonly ImageRow[], { grace }: ScheduleSpec): number {
  const times = rows.map(({ state, seen, delete_after }) =>
    state === 'deleted' ? seen : delete_after === null ? 0 : delete_after - grace,
  );
  return Math.max(0, ...times);
}

function countSince(rows: readonly ImageRow[], since: number): number {
  return rows.filter(({ state, created }) => state === 'good' && created > since).length;
}
