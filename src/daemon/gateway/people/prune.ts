import type { Store } from '../../../core/store/store.ts';
import type { Clock } from '../../../core/world.ts';

/** How long it can still be seen what a token was, after its end. */
const kept = 90 * 86_400_000;

/** Forgets tokens and sessions that are good for nothing any more. */
export async function pruneTokens({ store, clock }: { readonly store: Store; readonly clock: Clock }): Promise<void> {
  const query = store.db.deleteFrom('tokens').where('expires', '<', clock.now() - kept);
  await store.commit([{ query }]);
}
