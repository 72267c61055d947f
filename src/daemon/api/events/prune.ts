import type { Tools } from '../../tools.ts';

const week = 7 * 86_400_000;
const most = 100_000;

/** Deletes events older than seven days, and all but the newest 100,000. */
export async function pruneEvents({ store, clock }: Pick<Tools, 'store' | 'clock'>): Promise<void> {
  const { db } = store;
  const newest = await db.selectFrom('events').select('id').orderBy('id', 'desc').limit(1).executeTakeFirst();
  if (!newest) return;
  // The newest stays, whatever its age: by it a listener knows that it has missed nothing.
  const old = db
    .deleteFrom('events')
    .where('id', '<', newest.id)
    .where(({ eb, or }) => or([eb('at', '<', clock.now() - week), eb('id', '<=', newest.id - most)]));
  await store.commit([{ query: old }]);
}
