import type { Store } from '../../../core/store/store.ts';

/** Up to where the events of WorkOS have been read. */
export interface Cursor {
  /** Id of the last one; absent before there was any. */
  readonly after?: string;
  /** Where to begin without one, RFC 3339. */
  readonly since: string;
  /** When WorkOS was last asked and nothing more was there, in milliseconds; kept to the hour. */
  readonly asked: number;
}

const name = 'workos/events';

/** Undefined before the first time. */
export async function readCursor({ db }: Store): Promise<Cursor | undefined> {
  const row = await db.selectFrom('meta').select('value').where('name', '=', name).executeTakeFirst();
  return row && (JSON.parse(row.value) as Cursor);
}

export async function writeCursor({ db, commit }: Store, cursor: Cursor): Promise<void> {
  const value = JSON.stringify(cursor);
  await commit([
    { query: db.insertInto('meta').values({ name, value }), changes: 'any' },
    { query: db.updateTable('meta').set({ value }).where('name', '=', name) },
  ]);
}
