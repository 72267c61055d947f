import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openSqlite } from '../../../src/core/store/sqlite.ts';
import type { Store } from '../../../src/core/store/store.ts';

describe('a statement of the store in a file', () => {
  let store: Store;
  beforeAll(async () => {
    store = await openSqlite(':memory:');
  });
  afterAll(() => store.close());

  it('has its limit in the SQL, since a bound one makes SQLite compile it anew at each use', () => {
    const { sql: text, parameters } = store.db
      .selectFrom('meta')
      .select('name')
      .where('name', '>', 'a')
      .limit(7)
      .compile();
    expect(text).toMatch(/limit 7$/);
    expect(parameters).toEqual(['a']);
  });

  it('gives rows as plain objects with the names that were asked for, the first time and later', async () => {
    for (let time = 0; time < 2; time += 1) {
      const { rows } =
        await sql<unknown>`SELECT 1 AS one, NULL AS none, 'x' AS text UNION ALL SELECT 2, 1.5, ''`.execute(store.db);
      expect(rows).toEqual([
        { one: 1, none: null, text: 'x' },
        { one: 2, none: 1.5, text: '' },
      ]);
    }
  });

  it('gives no rows where there are none', async () => {
    expect(await store.db.selectFrom('meta').selectAll().execute()).toEqual([]);
    expect(await store.db.selectFrom('meta').selectAll().executeTakeFirst()).toBeUndefined();
  });
});
