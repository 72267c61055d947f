import type { Step, Store } from '../../core/store/store.ts';
import { readRow, type Watch } from './row.ts';

/** Beyond its own time a run may wait so long (ms) for its turn and for the commit of its result, before another daemon takes it for lost. */
export const patience = 20_000;

/** The checks due until that moment which no daemon runs, so many at most, those due first at the front. */
export async function readDue({ db }: Store, until: number, now: number, most: number): Promise<number[]> {
  if (most <= 0) return [];
  const rows = await db
    .selectFrom('checks')
    .select('id')
    .where('paused', '=', 0)
    .where('next_due', '<=', until)
    .where('lease_until', '<=', now)
    .orderBy('next_due')
    .limit(most)
    .execute();
  return rows.map(({ id }) => id);
}

/** The write that takes those of them which are still free; each is run by one daemon, however many try. */
export function claiming({ db }: Store, ids: readonly number[], claim: string, until: number, now: number): Step {
  const query = db
    .updateTable('checks')
    .set(({ eb }) => ({ claim, lease_until: eb('timeout', '+', until + patience) }))
    .where('id', 'in', ids)
    .where('paused', '=', 0)
    .where('next_due', '<=', until)
    .where('lease_until', '<=', now);
  return { query };
}

/** What was taken. */
export async function readClaimed({ db }: Store, claim: string): Promise<Watch[]> {
  return (await db.selectFrom('checks').selectAll().where('claim', '=', claim).execute()).map(readRow);
}

/** The write that has everything begin anew whose daemon is gone; only where no other one works on the store. */
export function releasingAll({ db }: Store): Step {
  return { query: db.updateTable('checks').set({ claim: '', lease_until: 0 }).where('lease_until', '>', 0) };
}

/** The write that pulls in what waits for times that are far off, since the clock was set back. */
export function pullingIn({ db }: Store, now: number): Step {
  const query = db
    .updateTable('checks')
    .set({ next_due: now, claim: '', lease_until: 0 })
    .where(({ eb, ref }) => eb('next_due', '>', eb(ref('every'), '+', now)));
  return { query };
}
