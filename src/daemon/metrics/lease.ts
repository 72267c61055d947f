import type { Store } from '../../core/store/store.ts';

const name = 'metrics/poller';
const length = 60_000;

/** True while this daemon, `me`, is the one of those on the store that asks for metrics; to be called again well within a minute. A store in a file has one daemon. */
export async function holdPolling({ dialect, db, commit }: Store, me: string, now: number): Promise<boolean> {
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
