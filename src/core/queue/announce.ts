import type { Store } from '../store/store.ts';
import type { Clock } from '../world.ts';
import type { Messages } from './messages.ts';

/** How long a key is looked for whose commit may still be under way, in milliseconds. */
const patience = 60_000;

/** Finds out which jobs have been added, and puts messages about them. */
export interface Announcing {
  /** A job of that key may be added soon. */
  expect(key: string): void;
  /** Puts messages about those that are in the store by now; keeps the others in mind for a minute. Never throws. */
  announce(messages: Messages): Promise<void>;
}

/** Keeps the keys of jobs in mind until it is known whether they were added: that is decided by commits made elsewhere. */
export function createAnnouncing(store: Store, clock: Clock, onError: () => void): Announcing {
  const since = new Map<string, number>();

  const announce = async (messages: Messages) => {
    const old = clock.now() - patience;
    for (const [key, at] of since) if (at < old) since.delete(key);
    if (since.size === 0 || !messages.isReady) return;
    const rows = await store.db
      .selectFrom('jobs')
      .select(['id', 'unique_key', 'fence', 'run_at', 'state'])
      .where('unique_key', 'in', [...since.keys()])
      .execute();
    for (const { unique_key } of rows) since.delete(unique_key);
    await messages.put(rows.filter(row => row.state === 'waiting'));
  };

  return {
    expect: key => void since.set(key, clock.now()),
    announce: messages => announce(messages).catch(onError),
  };
}
