import { randomBytes } from 'node:crypto';
import type { Store } from './store.ts';

/** The name of this store, 16 hexadecimal digits: drawn when it is first asked for, and the same for everyone who works on it. */
export async function readIdentity({ db, commit }: Pick<Store, 'db' | 'commit'>): Promise<string> {
  const value = randomBytes(8).toString('hex');
  // Of several that draw one at the same time the first counts.
  await commit([{ query: db.insertInto('meta').values({ name: 'identity', value }), changes: 'any' }]);
  const row = await db.selectFrom('meta').select('value').where('name', '=', 'identity').executeTakeFirstOrThrow();
  return row.value;
}
