import fc from 'fast-check';
import { expect, test } from 'vitest';
import { replyList } from '../../../src/sandbox/workos/list.ts';
import type { Json } from '../open.ts';

const page = (rows: { id: string }[], query: Record<string, string>): Json =>
  replyList(new URLSearchParams(query), rows).body;

/** All pages that cursors of one kind lead to, from a page on. */
function walk(rows: { id: string }[], query: Record<string, string>, towards: 'after' | 'before'): string[][] {
  const pages: string[][] = [];
  for (let next: Json = query; next; ) {
    const { data, list_metadata } = page(rows, next);
    pages.push(data.map(({ id }: Json) => id));
    const cursor = list_metadata[towards];
    next = cursor === null ? undefined : { ...query, after: undefined, [towards]: cursor };
    if (next) for (const name of Object.keys(next)) if (next[name] === undefined) delete next[name];
  }
  return pages;
}

const lists = fc
  .integer({ min: 0, max: 40 })
  .map(count => Array.from({ length: count }, (_, i) => ({ id: `row_${i}` })));
const limits = fc.integer({ min: 1, max: 12 }).map(String);

test('the pages after each other are the whole list, in either order, none longer than the limit', () => {
  fc.assert(
    fc.property(lists, limits, fc.constantFrom('asc', 'desc'), (rows, limit, order) => {
      const pages = walk(rows, { limit, order }, 'after');
      const all = rows.map(({ id }) => id);
      expect(pages.flat()).toEqual(order === 'asc' ? all : all.reverse());
      expect(Math.max(...pages.map(({ length }) => length))).toBeLessThanOrEqual(Number(limit));
    }),
  );
});

test('from the last row, the pages before each other lead back to the first', () => {
  fc.assert(
    fc.property(lists, limits, (rows, limit) => {
      fc.pre(rows.length > 0);
      const last = rows[0]!.id;
      const pages = walk(rows, { limit, before: last }, 'before');
      expect([...pages.reverse().flat(), last]).toEqual(rows.map(({ id }) => id).reverse());
    }),
  );
});

test('the newest ten come first where nothing is said', () => {
  const rows = Array.from({ length: 12 }, (_, i) => ({ id: String(i) }));
  const { object, data, list_metadata } = page(rows, {});
  expect([object, data.length, data[0].id]).toEqual(['list', 10, '11']);
  expect(list_metadata).toEqual({ before: null, after: '2' });
});

test.each([
  [{ limit: '0' }, 'limit'],
  [{ limit: '101' }, 'limit'],
  [{ limit: 'x' }, 'limit'],
  [{ order: 'up' }, 'order'],
  [{ after: 'gone' }, 'after'],
  [{ before: 'gone' }, 'before'],
])('%j is refused', (query, field) => {
  expect(() => page([{ id: 'a' }], query as Record<string, string>)).toThrow(
    expect.objectContaining({
      status: 422,
      body: expect.objectContaining({ errors: [{ field, code: `${field}_invalid` }] }),
    }),
  );
});
