import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Step } from '../../src/core/store/store.ts';
import { stores, type TestStore } from '../helpers/stores.ts';

describe.each(stores)('a store on $name', ({ open }) => {
  let store: TestStore;
  beforeEach(async () => {
    store = await open();
  });
  afterEach(() => store.close());

  const insert = (name: string, value = '', changes?: Step['changes']): Step => ({
    query: store.db.insertInto('meta').values({ name, value }),
    changes,
  });
  const change = (name: string, from: string, to: string, changes?: Step['changes']): Step => ({
    query: store.db.updateTable('meta').set({ value: to }).where('name', '=', name).where('value', '=', from),
    changes,
  });
  const all = async () => {
    const rows = await store.db.selectFrom('meta').selectAll().orderBy('name').execute();
    return rows.map(({ name, value }) => `${name}=${value}`);
  };

  it('carries out all writes of a commit, and says how many rows each has changed', async () => {
    expect(await store.commit([insert('a', '1'), insert('b', '1'), change('a', '1', '2')])).toEqual([1, 1, 1]);
    expect(await store.commit([{ query: store.db.updateTable('meta').set({ value: '3' }) }])).toEqual([2]);
    expect(await store.commit([])).toEqual([]);
    expect(await all()).toEqual(['a=3', 'b=3']);
  });

  it('counts rows that are as they were to be already', async () => {
    await store.commit([insert('a', '1')]);
    expect(await store.commit([change('a', '1', '1', 1)])).toEqual([1]);
  });

  it('keeps nothing of a commit of which one write changed another number of rows than it had to', async () => {
    await store.commit([insert('a', '1')]);
    expect(await store.commit([insert('b'), change('a', '9', '2', 1), insert('c')])).toBeUndefined();
    expect(await store.commit([change('a', '1', '2', 0)])).toBeUndefined();
    expect(await all()).toEqual(['a=1']);
  });

  it('keeps nothing of a commit of which one write fails', async () => {
    await store.commit([insert('a', '1')]);
    await expect(store.commit([insert('b'), insert('a')])).rejects.toMatchObject({
      code: 'refused',
      apiCode: 'uniqueness_error',
    });
    expect(await all()).toEqual(['a=1']);
  });

  it('takes a duplicate for no row where a number or any is expected, and goes on', async () => {
    await store.commit([insert('a', '1')]);
    expect(await store.commit([insert('a', '2', 'any'), insert('b', '1', 'any')])).toEqual([0, 1]);
    expect(await store.commit([insert('c'), insert('a', '2', 1)])).toBeUndefined();
    expect(await all()).toEqual(['a=1', 'b=1']);
  });

  it('lets one of twenty win who change the same row at once, over two connections', async () => {
    await store.commit([insert('a', 'free'), insert('log')]);
    const other = await store.another();
    const results = await Promise.all(
      Array.from({ length: 20 }, (_, n) =>
        (n % 2 ? store : other).commit([change('a', 'free', String(n), 1), insert(`won ${n}`)]),
      ),
    );
    expect(results.filter(one => one !== undefined)).toEqual([[1, 1]]);
    expect(await all()).toHaveLength(3);
  });

  it('adds once what twenty add at once', async () => {
    const results = await Promise.all(Array.from({ length: 20 }, () => store.commit([insert('a', '', 'any')])));
    expect(results.flat().filter(one => one === 1)).toHaveLength(1);
  });

  it.each([
    '',
    'é',
    '日本語',
    '🚀 4 bytes',
    'quote \' " ` \\ % _',
    'nul \0 tab \t',
    'line\r\n',
    'x'.repeat(300_000),
    '🚀'.repeat(50_000),
  ])('gives back the text it was given: %.20j', async text => {
    await store.commit([insert('a', text)]);
    expect(await store.db.selectFrom('meta').select('value').executeTakeFirst()).toEqual({ value: text });
    expect(await store.db.selectFrom('meta').select('name').where('value', '=', text).execute()).toHaveLength(1);
  });

  it('tells names apart by case, trailing blanks, accents and composition', async () => {
    const names = ['a', 'A', 'a ', ' a', 'a  ', 'á', 'a\u0301', 'ａ', 'ß', 'ss', '', 'a\0', '🚀', '🚁'];
    for (const name of names) await store.commit([insert(name, name)]);
    for (const name of names) {
      expect(await store.db.selectFrom('meta').selectAll().where('name', '=', name).execute()).toEqual([
        { name, value: name },
      ]);
      expect(await store.commit([insert(name, '', 'any')])).toEqual([0]);
    }
  });

  it('orders names by their bytes', async () => {
    for (const name of ['b', 'a', 'B', 'é', 'z', '10', '9']) await store.commit([insert(name)]);
    const rows = await store.db.selectFrom('meta').select('name').orderBy('name').execute();
    expect(rows.map(row => row.name)).toEqual(['10', '9', 'B', 'a', 'b', 'z', 'é']);
  });

  it('takes names of 255 bytes and refuses longer ones', async () => {
    expect(await store.commit([insert('é'.repeat(127) + 'x')])).toEqual([1]);
    await expect(store.commit([insert('é'.repeat(128))])).rejects.toMatchObject({ code: 'refused' });
  });

  const image = (id: number, size: number | null) => ({
    id,
    run_id: 'r',
    schedule_id: 1,
    schedule_name: 's',
    server_id: 1,
    server_name: 'w',
    created: Date.parse('2026-11-25T00:00:00Z'),
    size,
    state: 'good' as const,
    protected: 0,
    hold_reason: null,
    hold_until: null,
    delete_after: null,
    delete_reason: null,
    verified: null,
    unmanaged: 0,
    released: 0,
    seen: 0,
  });

  it('gives back numbers as numbers, up to 2^53 - 1, and null as null', async () => {
    const rows = [image(1, null), image(2 ** 53 - 1, 1.25), image(2 ** 31, 0), image(2 ** 52 + 1, 3)];
    await store.commit(rows.map(row => ({ query: store.db.insertInto('images').values(row), changes: 1 })));
    for (const row of rows) {
      expect(await store.db.selectFrom('images').selectAll().where('id', '=', row.id).execute()).toEqual([row]);
    }
    const { count, sum } = await store.db
      .selectFrom('images')
      .select(({ fn }) => [fn.countAll<number>().as('count'), fn.sum<number>('created').as('sum')])
      .executeTakeFirstOrThrow();
    expect([count, sum]).toEqual([4, 4 * image(1, 0).created]);
    expect(await store.db.selectFrom('images').select('id').where('size', 'is', null).execute()).toHaveLength(1);
  });

  it('refuses a row without a value that it has to have', async () => {
    const row = { ...image(1, null), state: null as unknown as 'good' };
    await expect(store.commit([{ query: store.db.insertInto('images').values(row) }])).rejects.toThrow();
  });

  it('counts on where rows were given numbers, and never gives one twice', async () => {
    const add = async () => {
      const query = store.db.insertInto('events').values({ at: 1, type: 't', data: '{}' });
      return Number((await query.executeTakeFirstOrThrow()).insertId);
    };
    const [first, second] = [await add(), await add()];
    await store.db.deleteFrom('events').where('id', '=', second).execute();
    expect(second).toBe(first + 1);
    expect(await add()).toBe(second + 1);
  });

  it('has all rows there for whoever opens it next, and nothing wrong', async () => {
    await store.commit([insert('a', '1')]);
    const other = await store.another();
    expect(await other.db.selectFrom('meta').selectAll().execute()).toEqual([{ name: 'a', value: '1' }]);
    expect(await other.check()).toEqual([]);
    for (let time = 0; time < 2; time += 1) await other.close();
    await expect(other.commit([insert('b')])).rejects.toMatchObject({ code: 'interrupted' });
    expect(await store.commit([insert('b')])).toEqual([1]);
  });

  it('opens no transaction besides its commits', async () => {
    await expect(store.db.transaction().execute(async () => {})).rejects.toThrow(
      'a transaction of the store is a commit',
    );
  });

  it('does what a list of names and values would do, whatever is written', { timeout: 60_000 }, async () => {
    const name = fc.constantFrom('a', 'A', 'b');
    const value = fc.constantFrom('1', '2');
    const expected = fc.constantFrom<Step['changes']>(undefined, 0, 1, 2, 'any');
    const write = fc.oneof(
      fc.record({ kind: fc.constant('insert' as const), name, value, changes: expected }),
      fc.record({ kind: fc.constant('change' as const), name: value, value, changes: expected }),
      fc.record({ kind: fc.constant('delete' as const), name, value, changes: expected }),
    );
    type Write = typeof write extends fc.Arbitrary<infer T> ? T : never;
    const stepOf = ({ kind, name, value, changes }: Write): Step => {
      if (kind === 'insert') return insert(name, value, changes);
      const meta = store.db;
      if (kind === 'delete') return { query: meta.deleteFrom('meta').where('name', '=', name), changes };
      return { query: meta.updateTable('meta').set({ value }).where('value', '=', name), changes };
    };
    /** What the rows are afterwards and the numbers changed; undefined when nothing is kept. */
    const carryOut = (rows: ReadonlyMap<string, string>, writes: readonly Write[]) => {
      const after = new Map(rows);
      const changed: number[] = [];
      for (const { kind, name, value, changes } of writes) {
        const hits = kind === 'change' ? [...after].filter(([, old]) => old === name).map(([key]) => key) : [name];
        let count = hits.length;
        if (kind === 'insert') {
          count = after.has(name) ? 0 : 1;
          if (count === 0 && changes === undefined) return 'refused' as const;
          if (count) after.set(name, value);
        } else if (kind === 'delete') count = Number(after.delete(name));
        else for (const key of hits) after.set(key, value);
        if (typeof changes === 'number' && changes !== count) return undefined;
        changed.push(count);
      }
      return { after, changed };
    };
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(write, { minLength: 1, maxLength: 4 }), { maxLength: 6 }), async commits => {
        await store.db.deleteFrom('meta').execute();
        let rows: ReadonlyMap<string, string> = new Map();
        for (const writes of commits) {
          const wanted = carryOut(rows, writes);
          const got = await store.commit(writes.map(stepOf)).catch(error => error.code);
          expect(got).toEqual(typeof wanted === 'object' ? wanted.changed : wanted);
          if (typeof wanted === 'object') rows = wanted.after;
          expect(await all()).toEqual([...rows].map(([key, text]) => `${key}=${text}`).sort());
        }
      }),
      { numRuns: store.dialect === 'sqlite' ? 200 : 40 },
    );
  });
});
