import type { Compilable, Expression, ExpressionBuilder, Kysely, SqlBool } from 'kysely';
import type { JobRow, Tables } from '../store/tables.ts';
import type { Write } from './gather.ts';

/** How long a job is held without a renewal, in milliseconds. */
export const leaseLength = 30_000;

const columns = ['id', 'unique_key', 'name', 'payload', 'state', 'run_at', 'attempts', 'fence', 'lease_until'] as const;

/** A job as a worker reads it. */
export type Found = Pick<Required<JobRow>, Exclude<(typeof columns)[number], 'id'>> & { readonly id: number };

/** Who holds a job: the fence is one more with each claim, so that no two ever agree in it. */
export interface Holding {
  readonly id: number;
  readonly fence: number;
  readonly worker: string;
}

/** Jobs that may be claimed at `now`, in the order in which they are due, at most `limit`; and when the next one is due where fewer are. */
export async function findDue(
  db: Kysely<Tables>,
  { now, limit, grace = 0 }: { readonly now: number; readonly limit: number; readonly grace?: number },
): Promise<{ readonly rows: readonly Found[]; readonly next: number | undefined }> {
  const waiting = db
    .selectFrom('jobs')
    .select(columns)
    .where('state', '=', 'waiting')
    .orderBy('run_at')
    .orderBy('id')
    .limit(limit + 1);
  const lapsed = db
    .selectFrom('jobs')
    .select(columns)
    .where('state', '=', 'active')
    .where('lease_until', '<', now)
    .orderBy('lease_until')
    .limit(limit);
  const found: Found[] = await db
    .selectFrom(waiting.as('waiting'))
    .selectAll()
    .unionAll(db.selectFrom(lapsed.as('lapsed')).selectAll())
    .execute();
  const isDue = ({ state, run_at }: Found) => state === 'active' || run_at <= now - grace;
  const due = found.filter(isDue).sort((a, b) => a.run_at - b.run_at || a.id - b.id);
  const later = found.filter(row => !isDue(row)).map(row => row.run_at + grace);
  return { rows: due.slice(0, limit), next: later.length > 0 ? Math.min(...later) : undefined };
}

/** The one job, if it may be claimed at `now`. */
export async function findOne(db: Kysely<Tables>, id: number, now: number): Promise<Found | undefined> {
  const row: Found | undefined = await db.selectFrom('jobs').select(columns).where('id', '=', id).executeTakeFirst();
  if (row?.state === 'waiting') return row.run_at <= now ? row : undefined;
  return row?.state === 'active' && (row.lease_until ?? 0) < now ? row : undefined;
}

/** Claims jobs as they were found, all in one commit; those that it gives are held by `worker` for the length of a lease. Another worker that has found them too gets none of these. */
export async function claim(
  { db, write, worker }: { readonly db: Kysely<Tables>; readonly write: Write; readonly worker: string },
  rows: readonly Found[],
  now: number,
): Promise<readonly Found[]> {
  const lease_until = now + leaseLength;
  const changed = await Promise.all(rows.map(row => write(row.id, claiming(db, row, worker, now))));
  return rows
    .filter((_, index) => changed[index] === 1)
    .map(row => ({ ...row, state: 'active', fence: row.fence + 1, lease_until }));
}

/** Fence and state together: one that was settled, renewed or dropped since it was found is not claimed. */
function claiming(db: Kysely<Tables>, { id, fence, state }: Found, worker: string, now: number): Compilable {
  return db
    .updateTable('jobs')
    .set({ state: 'active', fence: fence + 1, worker, lease_until: now + leaseLength })
    .where('id', '=', id)
    .where('fence', '=', fence)
    .where('state', '=', state)
    .where(row => row.or([row('lease_until', 'is', null), row('lease_until', '<', now)]));
}

/** True for the row of a job that is held still. */
export function isHeld({ id, fence, worker }: Holding) {
  return (row: ExpressionBuilder<Tables, 'jobs'>): Expression<SqlBool> =>
    row.and([row('id', '=', id), row('fence', '=', fence), row('state', '=', 'active'), row('worker', '=', worker)]);
}
