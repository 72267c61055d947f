import type { Store } from '../../core/store/store.ts';

/** Proves that the store takes writes, by one that is durable when it resolves; rejects when it does not. */
export async function writeHeartbeat({ db, commit }: Pick<Store, 'db' | 'commit'>, now: number): Promise<void> {
  await commit([
    { query: db.deleteFrom('meta').where('name', '=', 'heartbeat') },
    // Another daemon on the same store may write it at the same time: then that is the proof.
    { query: db.insertInto('meta').values({ name: 'heartbeat', value: String(now) }), changes: 'any' },
  ]);
}
