import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openSqlite } from '../../../src/core/store/sqlite.ts';
import type { Store } from '../../../src/core/store/store.ts';
import type { MetaRow } from '../../../src/core/store/tables.ts';
import { template } from '../../../src/core/store/template.ts';

describe('a template of a query', () => {
  let store: Store;
  beforeAll(async () => {
    store = await openSqlite(':memory:');
  });
  afterAll(() => store.close());

  const adding = template((db, row: MetaRow) => db.insertInto('meta').values(row));
  const reading = template((db, { name }: { readonly name: string }) =>
    db.selectFrom('meta').selectAll().where('name', '=', name).where('value', '!=', 'hidden'),
  );

  it('is filled with values, whichever come first, and leaves what is written in it as it is', async () => {
    await store.commit([
      { query: adding(store, { name: 'one', value: '1' }) },
      { query: adding(store, { value: '2', name: 'two' }) },
      { query: adding(store, { name: 'three', value: 'hidden' }) },
    ]);
    expect(await reading(store, { name: 'one' }).rows()).toEqual([{ name: 'one', value: '1' }]);
    expect(await reading(store, { name: 'two' }).first()).toEqual({ name: 'two', value: '2' });
    expect(await reading(store, { name: 'three' }).first()).toBeUndefined();
  });

  it('is compiled once for the same names', () => {
    let compiled = 0;
    const counted = template((db, set: Partial<MetaRow>) => {
      compiled += 1;
      return db.updateTable('meta').set(set);
    });
    const sqlOf = (set: Partial<MetaRow>) => counted(store, set).compile().sql;
    expect(sqlOf({ value: '1' })).toBe('update "meta" set "value" = ?');
    expect(sqlOf({ value: '2' })).toBe('update "meta" set "value" = ?');
    expect(compiled).toBe(1);
    expect(sqlOf({ value: '2', name: 'x' })).toBe('update "meta" set "value" = ?, "name" = ?');
    expect(compiled).toBe(2);
  });

  it('takes a value that is undefined for one that is not given, and null for a value', () => {
    const changing = template((db, set: Partial<{ size: number | null; seen: number }>) =>
      db.updateTable('images').set(set),
    );
    const { sql, parameters } = changing(store, { size: null, seen: undefined }).compile();
    expect(sql).toBe('update "images" set "size" = ?');
    expect(parameters).toEqual([null]);
  });

  it('is written in the words of each dialect', () => {
    const compile = () => ({ sql: '', query: {} as never, queryId: {} as never, parameters: [] });
    let compiled = 0;
    const counted = template(() => ({
      compile() {
        compiled += 1;
        return compile();
      },
    }));
    counted(store, {});
    counted({ ...store, dialect: 'mysql' }, {});
    expect(compiled).toBe(2);
  });
});
