import type { EventType } from '../events/types.ts';
import type { Step, Store } from './store.ts';

/** The write that tells those who watch: `backup.done`, `schedule.changed`. */
export function happened(store: Pick<Store, 'db'>, at: number, type: EventType, data: unknown): Step {
  return { query: store.db.insertInto('events').values({ at, type, data: JSON.stringify(data) }) };
}
