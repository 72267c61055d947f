import { sql } from 'kysely';
import type { Store } from '../../../src/core/store/store.ts';

/** When a schedule is due next, in milliseconds; never is Infinity. */
export async function nextDue({ db }: Store): Promise<number> {
  const { due, verify } = await db
    .selectFrom('schedules')
    .select(({ fn }) => [fn.min('next_due').as('due'), fn.min('next_verify').as('verify')])
    .where('paused', '=', 0)
    .executeTakeFirstOrThrow();
  return Math.min(due ?? Number.POSITIVE_INFINITY, verify ?? Number.POSITIVE_INFINITY);
}

/** When a job is due next, or the lease of one that was left by a dead worker runs out. */
export async function nextJob({ db }: Store): Promise<number> {
  const { rows } = await sql<{ at: number | null }>`
    SELECT min(at) AS at FROM (
      SELECT min(run_at) AS at FROM jobs WHERE state = 'waiting'
      UNION ALL SELECT min(lease_until) + 1 FROM jobs WHERE state = 'active')`.execute(db);
  return rows[0]?.at ?? Number.POSITIVE_INFINITY;
}
