import type { Step, Store } from '../../core/store/store.ts';
import type { MetaRow } from '../../core/store/tables.ts';
import { template } from '../../core/store/template.ts';
import { readMeta } from './clock.ts';

/** Names of what only one job may hold: a server, one of the places for images made at a time. A row of `meta` each, its value the key of the job, so that a job that has ended holds nothing. */
export const lockOf = {
  server: (id: number) => `lock/server/${id}`,
  slot: (number: number) => `lock/slot/${number}`,
};

/** Whether the job of that key is still to come or under way. */
export async function isAlive(store: Store, key: string): Promise<boolean> {
  const row = await stateOfJob(store, { key }).first();
  return row?.state === 'waiting' || row?.state === 'active';
}

/** Takes a lock for a job; true also when it had it. */
export async function take(store: Store, name: string, key: string): Promise<boolean> {
  const holder = await readMeta(store, name);
  if (holder === key) return true;
  if (holder !== undefined && (await isAlive(store, holder))) return false;
  const query =
    holder === undefined ? adding(store, { name, value: key }) : handingOver(store, { name, from: holder, to: key });
  if (await store.commit([{ query, changes: 1 }])) return true;
  // Another was quicker: it holds it, unless it has let go again.
  return take(store, name, key);
}

/** Takes one of `count` places; false when all are taken. */
export async function takeSlot(store: Store, count: number, key: string): Promise<boolean> {
  const held = await slots(store, {}).rows();
  if (held.some(({ value }) => value === key)) return true;
  for (let number = 1; number <= count; number += 1) if (await take(store, lockOf.slot(number), key)) return true;
  return false;
}

/** The write that lets go of one lock. */
export function letGo(store: Store, name: string, key: string): Step {
  return { query: freeing(store, { name, key }) };
}

/** The writes that let go of what a job holds; the server goes over to the job of key `heir`, if there is one. */
export function release(store: Store, server: number, key: string, heir?: string): Step[] {
  const name = lockOf.server(server);
  return [
    { query: freeingSlots(store, { key }) },
    heir ? { query: handingOver(store, { name, from: key, to: heir }) } : letGo(store, name, key),
  ];
}

const stateOfJob = template((db, { key }: { readonly key: string }) =>
  db.selectFrom('jobs').select('state').where('unique_key', '=', key),
);

const adding = template((db, row: MetaRow) => db.insertInto('meta').values(row));

const handingOver = template((db, { name, from, to }: { readonly name: string; readonly from: string; to: string }) =>
  db.updateTable('meta').set({ value: to }).where('name', '=', name).where('value', '=', from),
);

const slots = template(db =>
  db.selectFrom('meta').select(['name', 'value']).where('name', '>=', 'lock/slot/').where('name', '<', 'lock/slot0'),
);

const freeingSlots = template((db, { key }: { readonly key: string }) =>
  db.deleteFrom('meta').where('name', '>=', 'lock/slot/').where('name', '<', 'lock/slot0').where('value', '=', key),
);

const freeing = template((db, { name, key }: { readonly name: string; readonly key: string }) =>
  db.deleteFrom('meta').where('name', '=', name).where('value', '=', key),
);
