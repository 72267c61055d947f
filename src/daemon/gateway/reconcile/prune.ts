import type { ReconcileTools } from './tools.ts';

const kept = 30 * 86_400_000;

/** Forgets what has been settled for a month: who began which action, what was intended, what a second person decided. */
export async function pruneOwnership({ store, clock }: Pick<ReconcileTools, 'store' | 'clock'>): Promise<void> {
  const { db } = store;
  const before = clock.now() - kept;
  await store.commit([
    { query: db.deleteFrom('deeds').where('created', '<', before) },
    { query: db.deleteFrom('intents').where('state', '!=', 'open').where('updated', '<', before) },
    { query: db.deleteFrom('approvals').where('expires', '<', before) },
  ]);
}
