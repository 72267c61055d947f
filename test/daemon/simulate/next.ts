import { CompiledQuery } from 'kysely';
import type { Store } from '../../../src/core/store/store.ts';

const query = CompiledQuery.raw(`
  SELECT min(at) AS at FROM (
    SELECT min(run_at) AS at FROM jobs WHERE state = 'waiting'
    UNION ALL SELECT min(lease_until) + 1 FROM jobs WHERE state = 'active'
  ) AS times`) as CompiledQuery<{ at: number | null }>;

/** When a job is due next, or the lease of one that was left by a dead worker runs out. */
export async function nextJob({ db }: Store): Promise<number> {
  const { rows } = await db.executeQuery(query);
  return rows[0]?.at ?? Number.POSITIVE_INFINITY;
}
