import { randomBytes } from 'node:crypto';
import { createServer } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { useKey } from '../../../../src/core/store/key.ts';
import { openSqlite } from '../../../../src/core/store/sqlite.ts';
import type { Store } from '../../../../src/core/store/store.ts';
import { openNeighbours } from '../../../../src/daemon/gateway/upstream/neighbours.ts';
import { openUpstreams } from '../../../../src/daemon/gateway/upstream/projects.ts';
import { lifeOf } from '../../../../src/daemon/gateway/upstream/reader.ts';
import type { Asker } from '../../../../src/daemon/gateway/upstream/upstream.ts';
import { fakeClock } from '../../../helpers/clock.ts';
import { fakeProject } from './fake-project.ts';

const redis = process.env.CLOUDCTL_TEST_REDIS ?? 'redis://127.0.0.1:6379';
const log = { debug() {}, info() {}, warn() {}, error() {} };
const reader: Asker = { tenant: 'web', urgency: 'read' };
const writer: Asker = { tenant: 'web', urgency: 'write' };
const clock = fakeClock(undefined, { auto: false });

async function openStore(): Promise<Store> {
  const store = await openSqlite(':memory:');
  onTestFinished(() => store.close());
  return store;
}

/** A daemon of the store before one project, with a Redis at that address. */
async function daemon(me: string, { store, prefix, url = redis }: { store: Store; prefix: string; url?: string }) {
  const stop = new AbortController();
  const neighbours = await openNeighbours({ url, prefix, me, clock });
  onTestFinished(() => {
    stop.abort();
    neighbours.close();
  });
  const hetzner = fakeProject(clock, { sizes: { servers: 120 } });
  const projects = await openUpstreams({
    ...{ store, key: useKey(Buffer.alloc(32)), http: hetzner.http, clock, log, signal: stop.signal, neighbours },
    find: () => ({ endpoint: 'http://127.0.0.1/v1', token: 'secret', from: 'here' }),
  });
  return { neighbours, hetzner, upstream: projects.configured };
}

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise(setImmediate);
}

const unique = () => `cloudctl-test-${randomBytes(6).toString('hex')}`;

describe('several daemons with one Redis', () => {
  it('give no picture from before a change that another one of them has made', async () => {
    const shared = { store: await openStore(), prefix: unique() };
    const [one, other] = [await daemon('one', shared), await daemon('other', shared)];
    await until(() => {
      one.neighbours.greet();
      return other.neighbours.count() === 2;
    });
    const before = await other.upstream.reader.all('servers', reader);
    expect(await other.upstream.reader.all('servers', reader)).toBe(before);
    await one.upstream.send({ method: 'PUT', path: 'servers/1', body: '{}' }, writer);
    await until(async () => (await other.upstream.reader.all('servers', reader)) !== before);
    expect(one.hetzner.lines()).toEqual(['PUT servers/1']);
  });

  it('keep what they have read for longer the more they are, so that together they ask no more than one', async () => {
    const shared = { store: await openStore(), prefix: unique() };
    const [one, other] = [await daemon('one', shared), await daemon('other', shared)];
    await until(() => {
      other.neighbours.greet();
      return one.neighbours.count() === 2;
    });
    const first = await one.upstream.reader.all('servers', reader);
    await clock.advance(lifeOf(3, 1800) - 1);
    other.neighbours.greet();
    one.neighbours.greet();
    await until(() => {
      other.neighbours.greet();
      return one.neighbours.count() === 2;
    });
    expect(await one.upstream.reader.all('servers', reader)).toBe(first);
    // One that does not greet any more has gone.
    await until(async () => {
      await clock.advance(16_001);
      return one.neighbours.count() === 1;
    });
    expect(await one.upstream.reader.all('servers', reader)).not.toBe(first);
  });

  it('do not hear those of another store', async () => {
    const [store, ours, theirs] = [await openStore(), unique(), unique()];
    const listening = await daemon('listening', { store, prefix: ours });
    const others = [
      await daemon('stranger', { store, prefix: theirs }),
      await daemon('friend', { store, prefix: ours }),
    ];
    await until(() => {
      for (const { neighbours } of others) neighbours.greet();
      return listening.neighbours.count() > 1;
    });
    expect(listening.neighbours.count()).toBe(2);
  });
});

describe('a daemon', () => {
  it('is not harmed by what others write into its channel', async () => {
    const [store, prefix] = [await openStore(), unique()];
    const { neighbours } = await daemon('one', { store, prefix });
    const friend = await daemon('friend', { store, prefix });
    const { Redis } = await import('ioredis');
    const stranger = new Redis(redis);
    onTestFinished(() => stranger.disconnect());
    for (const text of ['no JSON', 'null', '7', '{"from":1}', '{"from":"x","project":"a","collections":3}'])
      await stranger.publish(`${prefix}:projects`, text);
    await until(() => {
      friend.neighbours.greet();
      return neighbours.count() > 1;
    });
    expect(neighbours.count()).toBe(2);
  });
});

describe('a daemon whose Redis is away', () => {
  it('goes on by itself', async () => {
    // A port that nobody listens on.
    const server = createServer().listen(0);
    const { port } = server.address() as { port: number };
    await new Promise(resolve => server.close(resolve));
    const alone = { store: await openStore(), prefix: unique(), url: `redis://127.0.0.1:${port}` };
    const { upstream, neighbours } = await daemon('alone', alone);
    neighbours.greet();
    const before = await upstream.reader.all('servers', reader);
    await upstream.send({ method: 'PUT', path: 'servers/1', body: '{}' }, writer);
    expect(await upstream.reader.all('servers', reader)).not.toBe(before);
    expect(neighbours.count()).toBe(1);
  });
});
