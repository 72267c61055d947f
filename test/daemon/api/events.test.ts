import { setTimeout } from 'node:timers/promises';
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import type { EventType } from '../../../src/core/events/types.ts';
import { happened } from '../../../src/core/store/happened.ts';
import type { Store } from '../../../src/core/store/store.ts';
import type { TokenRow } from '../../../src/core/store/tables.ts';
import type { Clock } from '../../../src/core/world.ts';
import { pruneEvents } from '../../../src/daemon/api/events/prune.ts';
import { createTail } from '../../../src/daemon/api/events/tail.ts';
import { housekeep } from '../../../src/daemon/api/housekeep.ts';
import { fakeClock } from '../../helpers/clock.ts';
import { hasMysql, mysqlServer, stores, type TestStore } from '../../helpers/stores.ts';
import { entering } from '../people/people.ts';
import { listenOnPort, openApi } from './served.ts';

interface Told {
  readonly id: number;
  readonly event: string;
  readonly data: { readonly data: unknown; readonly type: string };
}

/** Real time, a hundred times as fast: what waits for seconds is done in hundredths. */
const quick: Clock = {
  now: () => Date.now() * 100,
  sleep: (ms, signal) => setTimeout(ms / 100, undefined, { signal }),
};

/** Listens to the events over HTTP until `count` have come, or for ever. */
async function listen(
  url: string,
  options: { query?: string; last?: number; count?: number; onOpen?: () => unknown } = {},
) {
  const stop = new AbortController();
  onTestFinished(() => stop.abort());
  const headers: Record<string, string> = options.last === undefined ? {} : { 'last-event-id': String(options.last) };
  const answer = await fetch(`${url}/cloudctl/v1/events${options.query ?? ''}`, { headers, signal: stop.signal });
  expect(answer.headers.get('content-type')).toMatch('text/event-stream');
  const told: Told[] = [];
  const ids: number[] = [];
  let text = '';
  for await (const chunk of answer.body!.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    const blocks = text.split('\n\n');
    text = blocks.pop()!;
    for (const block of blocks) {
      const fields = Object.fromEntries(block.split('\n').map(line => line.split(/: ?(.*)/s).slice(0, 2)));
      ids.push(Number(fields.id));
      if (ids.length === 1) await options.onOpen?.();
      if (fields.data) told.push({ id: Number(fields.id), event: fields.event, data: JSON.parse(fields.data) });
    }
    if (told.length >= (options.count ?? 1)) break;
  }
  stop.abort();
  return { told, last: ids.at(-1)! };
}

const add = (store: Store, type: string, data: unknown = {}) =>
  store.commit([happened(store, 1_700_000_000_000, type as EventType, data)]);

describe.each(stores)('the events of the daemon on $name', ({ open }) => {
  let store: TestStore;
  afterEach(() => store.close());

  it('come from the moment of listening on, once and in order, and go on where a listener was broken off', {
    timeout: 60_000,
  }, async () => {
    store = await open();
    const { app } = await openApi({ store, clock: quick });
    const url = await listenOnPort(app, 'socket');
    await add(store, 'schedule.old');
    const first = await listen(url, {
      count: 2,
      onOpen: async () => {
        await add(store, 'schedule.a', { x: 1 });
        await add(store, 'schedule.b');
      },
    });
    expect(first.told.map(({ event }) => event)).toEqual(['schedule.a', 'schedule.b']);
    expect(first.told[0]?.data).toEqual({ at: '2023-11-14T22:13:20.000Z', type: 'schedule.a', data: { x: 1 } });
    await add(store, 'schedule.c');
    const second = await listen(url, { last: first.told[1]!.id, onOpen: () => add(store, 'schedule.d'), count: 2 });
    expect(second.told.map(({ event }) => event)).toEqual(['schedule.c', 'schedule.d']);
  });

  it('are neither lost nor doubled while many write at once, some of whom give up', { timeout: 60_000 }, async () => {
    store = await open();
    const { app } = await openApi({ store, clock: quick });
    const url = await listenOnPort(app, 'socket');
    const writers = store.dialect === 'mysql' ? [store, await store.another(), await store.another()] : [store];
    const undo = (from: Store) => ({ query: from.db.deleteFrom('meta').where('name', '=', 'none'), changes: 1 });
    const write = async () => {
      for (let round = 0; round < 30; round += 1) {
        await Promise.all(
          writers.flatMap((from, which) => [
            add(from, 'n', `${which}-${round}-a`),
            from.commit([happened(from, 1, 'backup.undone', 0), undo(from)]),
            add(from, 'n', `${which}-${round}-b`),
          ]),
        );
      }
    };
    const writing: Promise<unknown>[] = [];
    const count = writers.length * 60;
    const { told } = await listen(url, { count, onOpen: () => void writing.push(write()) });
    await Promise.all(writing);
    expect(new Set(told.map(({ data }) => data.data)).size).toBe(count);
    expect(told).toHaveLength(count);
    expect(told.map(({ id }) => id)).toEqual(told.map(({ id }) => id).sort((a, b) => a - b));
  });

  it('can be only those of some types', { timeout: 60_000 }, async () => {
    store = await open();
    const { app } = await openApi({ store, clock: quick });
    const url = await listenOnPort(app, 'socket');
    for (const type of ['backup.done', 'schedule.changed', 'backup.failed', 'job.dead']) await add(store, type);
    const { told } = await listen(url, { query: '?type=backup.*&type=job.dead', last: 0, count: 3 });
    expect(told.map(({ event }) => event)).toEqual(['backup.done', 'backup.failed', 'job.dead']);
  });

  it('begin with the newest that are asked for, and end there when they are not to be followed', {
    timeout: 60_000,
  }, async () => {
    store = await open();
    const { app, ask } = await openApi({ store, clock: quick });
    const url = await listenOnPort(app, 'socket');
    for (const type of ['backup.a', 'check.a', 'backup.b', 'check.b', 'backup.c']) await add(store, type);
    const read = async (query: string) => {
      const { body } = await ask('GET', `/cloudctl/v1/events?follow=false&${query}`);
      return [...String(body).matchAll(/^event: (.*)$/gm)].map(([, type]) => type);
    };
    expect(await read('last=2')).toEqual(['check.b', 'backup.c']);
    expect(await read('last=2&type=backup.*')).toEqual(['backup.b', 'backup.c']);
    expect(await read('last=9')).toHaveLength(5);
    expect(await read('last=0')).toEqual([]);
    expect(await read('')).toEqual([]);
    const { told } = await listen(url, { query: '?last=1', count: 2, onOpen: () => add(store, 'check.c') });
    expect(told.map(({ event }) => event)).toEqual(['backup.c', 'check.c']);
    for (const query of ['last=-1', 'last=many', 'last=1e3', 'follow=no'])
      expect(await ask('GET', `/cloudctl/v1/events?${query}`)).toMatchObject({ status: 422 });
  });

  it('that were pruned, or that a restored store does not have, are told to be missed', {
    timeout: 60_000,
  }, async () => {
    store = await open();
    const clock = fakeClock(1_700_000_000_000 + 8 * 86_400_000);
    const { app } = await openApi({ store, clock: quick });
    const url = await listenOnPort(app, 'socket');
    for (const type of ['a', 'b', 'c']) await add(store, type);
    await pruneEvents({ store, clock });
    const late = await listen(url, { last: 1, count: 2 });
    expect(late.told.map(({ event, id }) => [event, id])).toEqual([
      ['missed', 1],
      ['c', 3],
    ]);
    const ahead = await listen(url, { last: 1000 });
    expect(ahead.told.map(({ event, id }) => [event, id])).toEqual([['missed', 3]]);
  });
});

describe.skipIf(!hasMysql)('an event of MySQL whose commit takes long', () => {
  it('is waited for, and comes before those with a higher id', async () => {
    const store = await stores[1]!.open();
    const { createConnection } = await import('mysql2/promise');
    const slow = await createConnection(`${mysqlServer}${new URL(store.address).pathname}`);
    const stop = new AbortController();
    try {
      const clock = fakeClock(0, { auto: false });
      const log = { debug() {}, info() {}, warn() {}, error() {} };
      await add(store, 'first');
      const tail = createTail({ store, clock, log, signal: stop.signal });
      const leave = await tail.join();
      await slow.query('START TRANSACTION');
      await slow.query("INSERT INTO events (at, type, data) VALUES (1, 'slow', '{}')");
      await add(store, 'quick');
      const look = async () => {
        await clock.advance(1000);
        // As long as the tail's own queries take, and longer.
        for (let count = 0; count < 10; count += 1) await store.db.selectFrom('events').selectAll().execute();
        return tail.settled();
      };
      for (let count = 0; count < 4; count += 1) expect(await look()).toBe(1);
      await slow.query('COMMIT');
      let settled = 0;
      for (let count = 0; count < 20 && settled < 3; count += 1) settled = await look();
      expect(settled).toBe(3);
      leave();
    } finally {
      stop.abort();
      await slow.end();
      await store.close();
    }
  });
});

describe('listening', () => {
  it('is told when nothing happens, with the id to go on from', async () => {
    const { app, store } = await openApi({ clock: quick });
    await add(store, 'a');
    const url = await listenOnPort(app, 'socket');
    const stop = new AbortController();
    const answer = await fetch(`${url}/cloudctl/v1/events`, { signal: stop.signal });
    const reader = answer.body!.pipeThrough(new TextDecoderStream()).getReader();
    expect((await reader.read()).value).toBe('retry: 2000\nid: 1\n: listening\n\n');
    expect((await reader.read()).value).toBe('id: 1\n: still here\n\n');
    stop.abort();
  });

  it('ends when the daemon stops, and is for those who are let in, with a query that makes sense', async () => {
    const { app, stop, ask } = await openApi({ clock: quick });
    const url = await listenOnPort(app, 'socket');
    const answer = await fetch(`${url}/cloudctl/v1/events`);
    const reader = answer.body!.getReader();
    await reader.read();
    stop.abort();
    expect((await reader.read()).done).toBe(true);
    expect((await ask('GET', '/cloudctl/v1/events', undefined, {}, 'tcp')).status).toBe(401);
    expect((await ask('GET', '/cloudctl/v1/events?type=A*')).status).toBe(422);
    expect((await ask('GET', '/cloudctl/v1/events', undefined, { 'last-event-id': 'x' })).status).toBe(422);
  });

  it('waits for a reader that does not read, who misses nothing, and has room for a hundred', async () => {
    const { app, store, ask } = await openApi({ clock: quick });
    const url = await listenOnPort(app, 'socket');
    const stop = new AbortController();
    const open = (type: string) =>
      fetch(`${url}/cloudctl/v1/events?last_event_id=0&type=${type}`, { signal: stop.signal });
    const [idle] = await Promise.all(['large', ...Array.from({ length: 99 }, () => 'none.*')].map(open));
    expect((await ask('GET', '/cloudctl/v1/events')).status).toBe(429);
    const count = 200;
    for (let at = 0; at < count; at += 1) await add(store, 'large', 'x'.repeat(100_000));
    let text = '';
    for await (const chunk of idle!.body!.pipeThrough(new TextDecoderStream())) {
      text += chunk.replaceAll('x', '');
      if (text.includes(`id: ${count}\n\n`)) break;
    }
    const ids = [...text.matchAll(/event: large\ndata: .*\nid: (\d+)/g)].map(([, id]) => Number(id));
    expect(ids).toEqual(Array.from({ length: count }, (_, index) => index + 1));
    stop.abort();
  });
});

describe('a listener', () => {
  /** A stream of somebody's, opened with a token of theirs; `rest` resolves with what else came when it has ended. */
  async function listenAs(given: Partial<TokenRow> = {}, options: Partial<Parameters<typeof openApi>[0]> = {}) {
    const clock = fakeClock(Date.parse('2026-11-25T10:00:00Z'), { auto: false });
    const api = await openApi({ clock, ...options });
    const people = entering(api.store, clock.now);
    const user = await people.user('olga@x.test', { role: 'operator' });
    const token = await people.token(user, given);
    const url = await listenOnPort(api.app);
    const answer = await fetch(`${url}/cloudctl/v1/events`, { headers: { authorization: `Bearer ${token}` } });
    const reader = answer.body!.pipeThrough(new TextDecoderStream()).getReader();
    expect((await reader.read()).value).toContain('listening');
    const rest = async () => {
      let text = '';
      for (let part = await reader.read(); !part.done; part = await reader.read()) text += part.value;
      return text;
    };
    onTestFinished(() => reader.cancel());
    const set = (table: 'tokens' | 'users' | 'roles', values: object) =>
      api.store.commit([{ query: api.store.db.updateTable(table).set(values as never) }]);
    return { ...api, ...people, clock, user, set, rest, reader };
  }

  it.each<[string, (bench: Awaited<ReturnType<typeof listenAs>>) => Promise<unknown>]>([
    ['the token is revoked', ({ set, clock }) => set('tokens', { revoked: clock.now() })],
    ['the session is ended', ({ set, clock }) => set('tokens', { kind: 'session', revoked: clock.now() })],
    ['the user is disabled', ({ change, user }) => change(user, { state: 'disabled' })],
    ['the user is deleted', ({ store }) => store.commit([{ query: store.db.deleteFrom('tokens') }])],
    ['the role is one that has no part in it', ({ change, user }) => change(user, { role: 'client' })],
    ['WorkOS gives such a role', ({ change, user }) => change(user, { workos_role: 'viewer' })],
  ])('is told nothing more, two seconds after %s', async (_, deed) => {
    const bench = await listenAs();
    await deed(bench);
    await bench.clock.advance(2_000);
    expect(await bench.rest()).toBe('');
    expect(bench.logged.join()).toContain('events ended');
  });

  it('is told nothing more when the time of the token is up', async () => {
    const bench = await listenAs({ expires: Date.parse('2026-11-25T10:00:03Z') });
    await bench.clock.advance(2_000);
    await vi.waitFor(() => expect(bench.clock.slept.filter(ms => ms === 2_000)).toHaveLength(2));
    expect(bench.logged.join()).not.toContain('events ended');
    await bench.clock.advance(2_000);
    expect(await bench.rest()).toBe('');
  });

  it('goes on while its role lets it, whatever else the role becomes', async () => {
    const bench = await listenAs();
    await bench.change(bench.user, { role: 'auditor' });
    await add(bench.store, 'backup.done');
    for (let count = 0; count < 5; count += 1) {
      await bench.clock.advance(2_000);
      await bench.store.db.selectFrom('events').selectAll().execute();
    }
    expect((await bench.reader.read()).value).toContain('backup.done');
    expect(bench.logged.join()).not.toContain('events ended');
  });
});

describe('putting in order', () => {
  it('signs the audit log, and forgets answers after a day and events after a week, but for the newest', async () => {
    const clock = fakeClock(undefined, { auto: false });
    const { ask, store, audit } = await openApi({ clock });
    const counts = async () => {
      const tables = ['meta', 'events', 'checkpoints'] as const;
      return Promise.all(tables.map(async name => (await store.db.selectFrom(name).selectAll().execute()).length));
    };
    await ask('POST', '/cloudctl/v1/schedules', { name: 'a', cron: '* * * * *' }, { 'idempotency-key': 'k1' });
    await store.commit([happened(store, clock.now(), 'backup.a', 0), happened(store, clock.now(), 'backup.b', 0)]);
    await housekeep({ store, clock, audit });
    expect(await counts()).toEqual([1, 2, 1]);
    await clock.advance(86_400_000);
    await housekeep({ store, clock, audit });
    expect(await counts()).toEqual([0, 2, 1]);
    await clock.advance(7 * 86_400_000);
    await housekeep({ store, clock, audit });
    expect(await counts()).toEqual([0, 1, 1]);
  });
});
