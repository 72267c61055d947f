import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Api } from '../../src/core/api.ts';
import { Failure } from '../../src/core/failure.ts';
import { find, globTest, select } from '../../src/core/find.ts';
import type { Item } from '../../src/core/resource.ts';

const servers = { name: 'server', path: 'servers', key: 'server', title: 'server' };

/** An Api over rows in memory that counts what it is asked. */
function memory(rows: readonly Item[], hidden: readonly number[] = []): Api & { asked: string[] } {
  const asked: string[] = [];
  return {
    asked,
    async *list<T>(path: string, query: Record<string, unknown> = {}) {
      asked.push(`${path} ${JSON.stringify(query)}`);
      const named = rows.filter(row => query.name === undefined || row.name === query.name);
      // A row that shifts away while pages are read is missing from the whole list only.
      yield* named.filter(row => query.name !== undefined || !hidden.includes(row.id)) as unknown as T[];
    },
    async send<T>(_: string, path: string) {
      asked.push(path);
      const found = rows.find(row => path === `servers/${row.id}`);
      if (!found) throw new Failure('not_found', 'server not found');
      return { server: found } as T;
    },
    wait: async () => {},
  };
}

const rows = [
  { id: 1, name: 'web-1' },
  { id: 2, name: 'web-2' },
  { id: 3, name: 'db' },
  { id: 4, name: '2' },
  { id: 5, name: '777' },
];

describe('finding one', () => {
  it('takes a number as an id first, and as a name where there is no such id', async () => {
    expect((await find(memory(rows), servers, '2')).name).toBe('web-2');
    expect((await find(memory(rows), servers, '777')).id).toBe(5);
  });

  it('asks the API by name', async () => {
    const api = memory(rows);
    expect((await find(api, servers, 'db')).id).toBe(3);
    expect(api.asked).toEqual(['servers {"name":"db"}']);
  });

  it('says what is not there and how to see what is', async () => {
    const failure = await find(memory(rows), servers, 'nope').catch((error: Failure) => error);
    expect(failure).toMatchObject({
      code: 'not_found',
      message: 'server not found: nope',
      hint: 'cloudctl server list',
    });
  });

  it('refuses a name that several have', async () => {
    const twice = [...rows, { id: 9, name: 'db' }];
    await expect(find(memory(twice), servers, 'db')).rejects.toThrow("'db' is the name of 2 servers: 3, 9");
  });

  it('holds to a fixed query: an image that is no snapshot is not found as one', async () => {
    const snapshots = { ...servers, query: { type: 'snapshot' } };
    const api = memory([{ id: 1, name: 'a', type: 'system' }]);
    await expect(find(api, snapshots, '1')).rejects.toMatchObject({ code: 'not_found' });
  });

  it('passes on every failure but the absence', async () => {
    const api: Api = {
      ...memory(rows),
      send: async () => {
        throw new Failure('unreachable', 'down');
      },
    };
    await expect(find(api, servers, '1')).rejects.toMatchObject({ code: 'unreachable' });
  });

  it('refuses an answer without the item', async () => {
    const api: Api = { ...memory(rows), send: async <T>() => ({}) as T };
    await expect(find(api, servers, '1')).rejects.toMatchObject({ code: 'unreachable' });
  });
});

describe('selecting several', () => {
  const ids = async (names: string[], options: { selector?: string; all?: boolean } = {}) =>
    (await select(memory(rows), servers, { names, ...options })).map(({ item, failure }) => item?.id ?? failure?.code);

  it('expands patterns', async () => expect(await ids(['web-*', 'd?'])).toEqual([1, 2, 3]));
  it('takes each once, in the order asked', async () =>
    expect(await ids(['db', 'web-1', '3', 'web-*'])).toEqual([3, 1, 2]));
  it('takes all', async () => expect(await ids([], { all: true })).toEqual([1, 2, 3, 4, 5]));
  it('keeps what is not there as a failure among the others', async () => {
    expect(await ids(['db', 'nope', 'web-1'])).toEqual([3, 'not_found', 1]);
  });
  it('a pattern that matches nothing is no target', async () => expect(await ids(['x*'])).toEqual([]));

  it('lists once for many names, and asks before it believes that one is gone', async () => {
    const api = memory(rows, [3]);
    const targets = await select(api, servers, { names: ['web-1', 'web-2', 'db'] });
    expect(targets.map(({ item }) => item?.id)).toEqual([1, 2, 3]);
    expect(api.asked).toHaveLength(2);
  });

  it('names beside a selector must match it', async () => {
    const api: Api = { ...memory(rows), list: memory(rows.slice(0, 2)).list };
    const targets = await select({ ...api, send: memory(rows).send }, servers, { names: ['3'], selector: 'a=b' });
    expect(targets[0]?.failure?.message).toContain('does not match the selector');
  });
});

describe('a pattern', () => {
  it('is taken literally but for * ? and sets', () => {
    expect(globTest('a.b')('axb')).toBe(false);
    expect(globTest('[ab]-?')('b-1')).toBe(true);
    expect(globTest('[!ab]')('c')).toBe(true);
    expect(globTest('[!ab]')('a')).toBe(false);
  });

  it('of any text never throws anything but usage, and * matches all', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), text => {
        expect(globTest('*')(text)).toBe(true);
        try {
          globTest(text)('x');
        } catch (error) {
          expect((error as Failure).code).toBe('usage');
        }
      }),
    );
  });
});
