import type { Step, Store } from '../../core/store/store.ts';

/** Names of what only one job may hold: a server, one of the places for images made at a time. A row of `meta` each, its value the key of the job, so that a job that has ended holds nothing. */
export const lockOf = {
  server: (id: number) => `lock/server/${id}`,
  slot: (number: number) => `lock/slot/${number}`,
};

/** Whether the job of that key is still to come or under way. */
export async function isAlive(store: Store, key: string): Promise<boolean> {
  const row = await store.db.selectFrom('jobs').select('state').where('unique_key', '=', key).executeTakeFirst();
  return row?.state === 'waiting' || row?.state === 'active';
}

/** Takes a lock for a job; true also when it had it. */
export async function take(store: Store, name: string, key: string): Promise<boolean> {
  const { db } = store;
  const free = await store.commit([{ query: db.insertInto('meta').values({ name, value: key }), changes: 1 }]);
  if (free) return true;
  const row = await db.selectFrom('meta').select('value').where('name', '=', name).executeTakeFirst();
  if (!row) return take(store, name, key);
  if (row.value === key) return true;
  if (await isAlive(store, row.value)) return false;
  const query = db.updateTable('meta').set({ value: key }).where('name', '=', name).where('value', '=', row.value);
  return (await store.commit([{ query, changes: 1 }])) !== undefined;
}

/** Takes one of `count` places; false when all are taken. */
export async function takeSlot(store: Store, count: number, key: string): Promise<boolean> {
  const held = await store.db
    .selectFrom('meta')
    .select(['name', 'value'])
    .where('name', '>=', 'lock/slot/')
    .where('name', '<', 'lock/slot0')
    .execute();
  if (held.some(({ value }) => value === key)) return true;
  for (let number = 1; number <= count; number += 1) if (await take(store, lockOf.slot(number), key)) return true;
  return false;
}

/** The writes that let go of what a job holds; the server goes over to the job of key `heir`, if there is one. */
export function release({ db }: Store, server: number, key: string, heir?: string): Step[] {
  const ofServer = { name: lockOf.server(server), value: key };
  const held = (name: string, value: string) =>
    db.deleteFrom('meta').where('name', '=', name).where('value', '=', value);
  const slots = db.deleteFrom('meta').where('name', '>=', 'lock/slot/').where('name', '<', 'lock/slot0');
  return [
    { query: slots.where('value', '=', key) },
    {
      query: heir
        ? db.updateTable('meta').set({ value: heir }).where('name', '=', ofServer.name).where('value', '=', key)
        : held(ofServer.name, key),
    },
  ];
}
