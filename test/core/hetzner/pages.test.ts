import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { collect } from '../../../src/core/api.ts';
import { Failure } from '../../../src/core/failure.ts';
import type { Call, Send } from '../../../src/core/hetzner/call.ts';
import { readPages } from '../../../src/core/hetzner/pages.ts';
import { scripted } from '../../helpers/scripted.ts';
import { failed, open, problem } from './open.ts';

interface Row {
  id: number;
}

/** A list that answers pages of 50 and may change before each; `calls` are the pages asked for. */
function listOf(count: number, before: (call: number, rows: Row[]) => void = () => {}) {
  const rows = Array.from({ length: count }, (_, index) => ({ id: index + 1 }));
  const calls: number[] = [];
  let most = 0;
  let open = 0;
  const send: Send = async ({ query, keep = body => body }: Call) => {
    const page = Number(query?.page);
    before(calls.push(page), rows);
    open += 1;
    most = Math.max(most, open);
    const last = Math.max(1, Math.ceil(rows.length / 50));
    const pagination = {
      page,
      per_page: 50,
      last_page: last,
      next_page: page < last ? page + 1 : null,
      total_entries: rows.length,
    };
    const body = { things: rows.slice((page - 1) * 50, page * 50), meta: { pagination } };
    await new Promise(setImmediate);
    open -= 1;
    return { status: 200, headers: {}, body: keep(body) };
  };
  return { rows, calls, send, most: () => most };
}

const ids = async (rows: AsyncIterable<unknown>) => (await collect(rows as AsyncIterable<Row>)).map(({ id }) => id);
const upTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1);

describe('a list', () => {
  it('takes one request when it fits on one page', async () => {
    const { send, calls } = listOf(50);
    expect(await ids(readPages(send, 'things'))).toEqual(upTo(50));
    expect(calls).toEqual([1]);
  });

  it('reads the first page and then the rest, twenty at a time, in order', async () => {
    const { send, calls, most } = listOf(1520);
    expect(await ids(readPages(send, 'things'))).toEqual(upTo(1520));
    expect(calls).toEqual(upTo(31));
    expect(most()).toBe(20);
  });

  it('holds of each row only what is kept of it', async () => {
    const { send } = listOf(120);
    const keep = ({ id }: Row) => ({ id, half: id / 2 });
    expect(await collect(readPages<Row, { half: number }>(send, 'things', {}, { keep }))).toEqual(
      upTo(120).map(id => ({ id, half: id / 2 })),
    );
  });

  it('asks for as many pages as are expected at once, and for no page twice', async () => {
    const { send, calls, most } = listOf(500);
    expect(await ids(readPages(send, 'things', {}, { expect: 500 }))).toEqual(upTo(500));
    expect(calls).toEqual(upTo(10));
    expect(most()).toBe(10);
  });

  it('is whole when it is shorter or longer than expected, however much', async () => {
    const counts = fc.integer({ min: 0, max: 1300 });
    await fc.assert(
      fc.asyncProperty(counts, counts, async (count, expected) => {
        const { send } = listOf(count);
        expect(await ids(readPages(send, 'things', {}, { expect: expected }))).toEqual(upTo(count));
      }),
      { numRuns: 40 },
    );
  });

  it('does not mind that a page which was expected in vain fails', async () => {
    const { send } = listOf(120);
    const failing: Send = call =>
      Number(call.query?.page) > 3 ? Promise.reject(new Failure('unreachable', 'gone')) : send(call);
    expect(await ids(readPages(failing, 'things', {}, { expect: 500 }))).toEqual(upTo(120));
  });

  it('fetches no more when the reader stops on the first page', async () => {
    const { send, calls } = listOf(500);
    for await (const _ of readPages(send, 'things')) break;
    expect(calls).toEqual([1]);
  });

  it('sends its query and passes rows on untouched', async () => {
    const row = { id: 7, brand_new: { deep: [1, null] } };
    const { url } = await scripted([
      { request: 'GET /servers?per_page=50&status=off&status=running&sort=id:asc&page=1', answer: { servers: [row] } },
    ]);
    const rows = await collect(
      open(url).api.list('servers', { status: ['off', 'running'], sort: 'id:asc', name: undefined }),
    );
    expect(rows).toEqual([row]);
  });

  it.each([
    ['servers/actions', { actions: [{ id: 1 }] }],
    ['servers/42/actions', { actions: [{ id: 1 }], meta: {} }],
    ['servers', { servers: [{ id: 1 }], others: [] }],
    ['folders', { directories: [{ id: 1 }] }],
  ])('finds the rows of %s', async (path, body) => {
    const send: Send = async () => ({ status: 200, headers: {}, body });
    expect(await ids(readPages(send, path))).toEqual([1]);
  });

  it('follows next_page where the length is not told', async () => {
    const pages = [[1, 2], [2, 3], [4]];
    const send: Send = async ({ query }) => {
      const page = Number(query?.page);
      const meta = {
        pagination: { page, next_page: page < 3 ? page + 1 : null, last_page: null, total_entries: null },
      };
      return { status: 200, headers: {}, body: { things: pages[page - 1]!.map(id => ({ id })), meta } };
    };
    expect(await ids(readPages(send, 'things'))).toEqual([1, 2, 3, 4]);
  });

  it('keeps rows that have no id, and members of one id but two types', async () => {
    const plain: Send = async () => ({ status: 200, headers: {}, body: { folders: ['a', 'a', 'b'] } });
    expect(await collect(readPages(plain, 'folders'))).toEqual(['a', 'a', 'b']);
    const members = [
      { type: 'server', id: 1 },
      { type: 'load_balancer', id: 1 },
    ];
    const send: Send = async () => ({ status: 200, headers: {}, body: { members } });
    expect(await collect(readPages(send, 'networks/1/members'))).toEqual(members);
  });

  it('fails clearly when there is no list in the answer', async () => {
    for (const body of [undefined, {}, { things: null }, { a: [], b: [] }]) {
      const send: Send = async () => ({ status: 200, headers: {}, body });
      expect((await failed(collect(readPages(send, 'things')))).message).toBe(
        'the answer for things has no list in it',
      );
    }
  });

  it('fails as a whole when one page fails, and stops the others', async () => {
    const { send } = listOf(1000);
    const signals: AbortSignal[] = [];
    const breaking: Send = async call => {
      signals.push(call.signal!);
      if (call.query?.page === 5) throw new Failure('forbidden', 'no');
      return send(call);
    };
    expect(await failed(collect(readPages(breaking, 'things')))).toMatchObject({ code: 'forbidden' });
    expect(signals.every(signal => signal.aborted)).toBe(true);
  });

  it('is stopped by the signal', async () => {
    const control = new AbortController();
    const { url } = await scripted([{ request: /GET/, behaviour: 'hang', meanwhile: () => control.abort() }]);
    expect(await failed(collect(open(url, { signal: control.signal }).api.list('servers')))).toMatchObject({
      code: 'interrupted',
    });
    expect(await failed(collect(open(url, { signal: control.signal }).api.list('servers')))).toMatchObject({
      code: 'interrupted',
    });
  });

  it('is tried again page by page', async () => {
    const { url } = await scripted([
      { request: /page=1$/, status: 500, answer: problem('server_error') },
      { request: /page=1$/, behaviour: 'cutoff', answer: { servers: [{ id: 1 }] } },
      { request: /page=1$/, answer: { servers: [{ id: 1 }] } },
    ]);
    expect(await ids(open(url).api.list('servers'))).toEqual([1]);
  });
});

describe('a list that changes while it is read', () => {
  it('is read again when a delete has shifted a row away', async () => {
    const { send, calls } = listOf(200, (call, rows) => {
      if (call === 2) rows.splice(0, 1);
    });
    expect(await ids(readPages(send, 'things'))).toEqual(upTo(200));
    expect(calls).toEqual([1, 2, 3, 4, 1, 2, 3, 4]);
  });

  it('is whole, ordered and without doubles whatever is deleted, for all rows that stay', async () => {
    const deletes = fc.array(fc.record({ call: fc.integer({ min: 2, max: 20 }), row: fc.nat(400) }), { maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(deletes, async plan => {
        const { send, rows } = listOf(330, (call, left) => {
          for (const { row } of plan.filter(one => one.call === call)) left.splice(row % left.length, 1);
        });
        const read = await ids(readPages(send, 'things'));
        expect(new Set(read).size).toBe(read.length);
        const stayed = rows.map(({ id }) => id);
        expect(read.filter(id => stayed.includes(id))).toEqual(stayed);
      }),
      { numRuns: 200 },
    );
  });

  it('has the rows that were created meanwhile at its end, or not at all', async () => {
    const { send } = listOf(120, (call, rows) => {
      if (call === 3) rows.push({ id: 121 }, { id: 122 });
    });
    expect(await ids(readPages(send, 'things'))).toEqual(upTo(122));
  });

  it('that has grown by a page is read to its new end', async () => {
    const { send } = listOf(100, (call, rows) => {
      if (call === 2) for (let id = 101; id <= 160; id += 1) rows.push({ id });
    });
    expect(await ids(readPages(send, 'things'))).toEqual(upTo(160));
  });

  it('has rows that moved between pages once', async () => {
    const { send } = listOf(120, (call, rows) => {
      if (call === 2) rows.unshift({ id: 0 });
    });
    const read = await ids(readPages(send, 'things'));
    expect(read.toSorted((left, right) => left - right)).toEqual([0, ...upTo(120)]);
  });
});

describe('a list whose answers do not add up', () => {
  const claiming =
    (total: number, last: number, rows: (page: number) => number[]): Send =>
    async ({ query }) => {
      const page = Number(query?.page);
      const pagination = { page, last_page: last, total_entries: total };
      return { status: 200, headers: {}, body: { things: rows(page).map(id => ({ id })), meta: { pagination } } };
    };

  it('is not taken as whole when rows are missing from the first page or a later one', async () => {
    const short = await failed(
      collect(
        readPages(
          claiming(3, 1, () => [1, 2]),
          'things',
        ),
      ),
    );
    expect(short).toMatchObject({ code: 'conflict', message: 'things: 2 of 3 rows came, the list is not whole' });
    const empty = claiming(100, 2, page => (page === 1 ? upTo(50) : []));
    expect((await failed(collect(readPages(empty, 'things')))).message).toContain('50 of 100 rows');
  });

  it('is not read for ever when every page is the first', async () => {
    expect(
      await failed(
        collect(
          readPages(
            claiming(100, 2, () => upTo(50)),
            'things',
          ),
        ),
      ),
    ).toMatchObject({ code: 'conflict' });
    const circling: Send = async () => ({
      status: 200,
      headers: {},
      body: { things: [{ id: 1 }], meta: { pagination: { next_page: 2 } } },
    });
    expect(await ids(readPages(circling, 'things'))).toEqual([1]);
  });
});
