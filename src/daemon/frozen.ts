import type { Frozen } from '../core/daemon-status.ts';
import { happened } from '../core/store/happened.ts';
import type { Clock } from '../core/world.ts';
import { readMeta } from './backup/clock.ts';
import type { Tools } from './tools.ts';

interface Freezing extends Pick<Tools, 'store'> {
  readonly clock: Pick<Clock, 'now'>;
}

const name = 'frozen';

/** The freeze that holds, undefined when none does. */
export async function readFrozen({ store }: Pick<Tools, 'store'>): Promise<Frozen | undefined> {
  const value = await readMeta(store, name);
  return value === undefined ? undefined : (JSON.parse(value) as Frozen);
}

/** Stops every automated deletion from now on; where that is so already, the first one's name and reason stay. */
export async function freeze({ store, clock }: Freezing, by: string, reason?: string): Promise<void> {
  const frozen: Frozen = { since: new Date(clock.now()).toISOString(), by, reason: reason ?? null };
  const insert = store.db.insertInto('meta').values({ name, value: JSON.stringify(frozen) });
  await store.commit([{ query: insert, changes: 1 }, happened(store, clock.now(), 'daemon.frozen', frozen)]);
}

/** Lets automated deletions go on. */
export async function unfreeze({ store, clock }: Freezing, by: string): Promise<void> {
  const remove = store.db.deleteFrom('meta').where('name', '=', name);
  await store.commit([{ query: remove, changes: 1 }, happened(store, clock.now(), 'daemon.unfrozen', { by })]);
}
