import type { Store } from '../store/store.ts';
import type { Clock } from '../world.ts';

const every = 3_600_000;
const kept = 7 * 24 * 3_600_000;
const mostAtOnce = 500;

/** Removes jobs that have been done for a week, at most once an hour by the clock and in small commits; until then their keys stay taken, and dead ones stay. */
export function createCleaning(store: Store, clock: Clock): () => Promise<void> {
  let last = Number.NEGATIVE_INFINITY;
  return async () => {
    const now = clock.now();
    if (now - last < every) return;
    last = now;
    for (;;) {
      const old = await store.db
        .selectFrom('jobs')
        .select('id')
        .where('state', '=', 'done')
        .where('finished', '<', now - kept)
        .orderBy('finished')
        .limit(mostAtOnce)
        .execute();
      if (old.length > 0) {
        const ids = old.map(row => row.id);
        await store.commit([{ query: store.db.deleteFrom('jobs').where('id', 'in', ids).where('state', '=', 'done') }]);
      }
      if (old.length < mostAtOnce) return;
    }
  };
}
