import type { Insertable } from 'kysely';
import type { EventType } from '../events/types.ts';
import type { Sql, Step } from './store.ts';
import type { EventRow } from './tables.ts';
import { template } from './template.ts';

/** The write that tells those who watch: `backup.done`, `schedule.changed`. */
export function happened(store: Sql, at: number, type: EventType, data: unknown): Step {
  return { query: adding(store, { at, type, data: JSON.stringify(data) }) };
}

const adding = template((db, row: Insertable<EventRow>) => db.insertInto('events').values(row));
