import type { Store } from '../core/store/store.ts';

/** What one of the daemons on a store does for all of them. */
export interface Lease {
  readonly name: string;
  /** Milliseconds that it is held; it is to be held again well within them. */
  readonly length: number;
}

/** True while this daemon, `me`, is the one of those on the store that holds the lease. A store in a file has one daemon. */
export async function holdLease(
  { dialect, db, commit }: Pick<Store, 'dialect' | 'db' | 'commit'>,
  { name, length }: Lease,
  me: string,
  now: number,
): Promise<boolean> {
  if (dialect === 'sqlite') return true;
  const row = await db.selectFrom('meta').select('value').where('name', '=', name).executeTakeFirst();
  const value = `${me} ${now + length}`;
  if (!row) {
    const taken = await commit([{ query: db.insertInto('meta').values({ name, value }), changes: 1 }]);
    return taken !== undefined;
  }
  const [holder, until] = row.value.split(' ');
  if (holder !== me && Number(until) > now) return false;
  const take = db.updateTable('meta').set({ value }).where('name', '=', name).where('value', '=', row.value);
  return (await commit([{ query: take, changes: 1 }])) !== undefined;
}
