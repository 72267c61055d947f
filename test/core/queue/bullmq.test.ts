import { randomBytes } from 'node:crypto';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Failure } from '../../../src/core/failure.ts';
import { openBullQueue } from '../../../src/core/queue/bullmq.ts';
import { openQueue } from '../../../src/core/queue/open.ts';
import type { QueueOptions } from '../../../src/core/queue/store.ts';
import { queueContract } from '../../contract/queue.ts';
import { backup, defer, eventually, noting, openPlace, type Place, realClock } from '../../contract/queue-place.ts';
import { stores } from '../../helpers/stores.ts';

const address = process.env.CLOUDCTL_TEST_REDIS ?? 'redis://127.0.0.1:6379';

async function findRedis(): Promise<Redis | undefined> {
  const redis = new Redis(address, { lazyConnect: true, retryStrategy: () => null });
  redis.on('error', () => {});
  try {
    await redis.connect();
    return redis;
  } catch (error) {
    if (process.env.CLOUDCTL_REQUIRE_SERVICES) throw error;
    process.stderr.write(`No Redis at ${new URL(address).host}: what it carries is not tested.\n`);
    return undefined;
  }
}

const redis = await findRedis();
const root = `cloudctl-test-${randomBytes(6).toString('hex')}`;
let prefix = root;
let count = 0;
const newPrefix = () => {
  count += 1;
  prefix = `${root}-${count}`;
};

const keysOf = async (pattern: string) => {
  const keys: string[] = [];
  for await (const some of redis!.scanStream({ match: `${pattern}*`, count: 1000 })) keys.push(...some);
  return keys;
};
const lose = async (pattern: string) => {
  const keys = await keysOf(pattern);
  if (keys.length > 0) await redis!.del(...keys);
};
const open = (options: QueueOptions) => openBullQueue({ ...options, redis: address, prefix });

describe.runIf(redis)('the queue with messages through Redis', () => {
  beforeEach(newPrefix);
  afterAll(async () => {
    await lose(root);
    redis!.disconnect();
  });

  for (const backEnd of stores) queueContract(`through Redis in a store on ${backEnd.name}`, backEnd, open);

  describe('whatever becomes of Redis', () => {
    let place: Place;
    const messages = () => redis!.keys(`${prefix}:jobs:job-*`);
    beforeEach(async () => {
      place = await openPlace(stores[0]!, open);
    });
    afterEach(() => place.close());

    it('puts one message a job, which says only which row it is, and leaves none behind', async () => {
      const queue = await place.queue();
      const keys: string[] = [];
      await eventually(async () => {
        await queue.add(backup('one'));
        expect(await messages()).toHaveLength(1);
      });
      await queue.add(backup('one'));
      const [name] = await messages();
      const row = await place.row('one');
      expect(name).toMatch(/:job-[0-9a-f]{64}-0$/);
      expect(JSON.parse((await redis!.hget(name!, 'data'))!)).toEqual({ id: row!.id });
      const stop = queue.work(noting(keys), { concurrency: 1 });
      await eventually(() => expect(keys).toEqual(['one']));
      await eventually(async () => expect(await messages()).toEqual([]));
      await stop();
    });

    it('hands a job to a worker in another process, also when it is to be called again', async () => {
      // Their clock stands, so that no sweep comes to their help.
      const [adding, working] = [await place.queue(), await place.queue()];
      const keys: string[] = [];
      const stop = working.work(
        noting(keys, async () => (keys.length < 3 ? { again: place.clock.now() } : undefined)),
        { concurrency: 1 },
      );
      await adding.add(backup('one'));
      await eventually(() => expect(keys).toEqual(['one', 'one', 'one']));
      await place.store.commit([adding.adding(backup('two'))]);
      adding.wake();
      await eventually(() => expect(keys).toContain('two'));
      await stop();
    });

    it('loses nothing when Redis has lost everything', async () => {
      const queue = await place.queue();
      const now = place.clock.now();
      await eventually(async () => {
        await queue.add(backup('first', { runAt: now + 60_000 }));
        expect(await messages()).toHaveLength(1);
      });
      for (const key of ['second', 'third']) await queue.add(backup(key, { runAt: now + 60_000 }));
      await eventually(async () => expect(await messages()).toHaveLength(3));
      await lose(prefix);
      const keys: string[] = [];
      const stop = queue.work(noting(keys), { concurrency: 2 });
      await eventually(() => expect(place.clock.slept).toContain(5000));
      await place.clock.advance(60_000);
      await place.clock.advance(2000);
      await eventually(async () => {
        await place.clock.advance(5000);
        expect(keys.sort()).toEqual(['first', 'second', 'third']);
      });
      await queue.add(backup('fourth'));
      await eventually(() => expect(keys).toContain('fourth'));
      await stop();
    });

    it('loses nothing when Redis loses everything while a job is handled', async () => {
      const queue = await place.queue({ clock: realClock });
      const [begun, go] = [defer(), defer()];
      const keys: string[] = [];
      const stop = queue.work(
        noting(keys, async () => {
          if (keys.length > 1) return;
          begun.resolve();
          await go.promise;
          return { again: Date.now() };
        }),
        { concurrency: 1 },
      );
      await queue.add(backup('one'));
      await begun.promise;
      await lose(prefix);
      go.resolve();
      await eventually(() => expect(keys).toEqual(['one', 'one']));
      await stop();
      expect(await place.row('one')).toMatchObject({ state: 'done' });
    });

    it('works without a Redis, says so once and gives no error to who adds', async () => {
      const logged: string[] = [];
      const log = { debug() {}, info() {}, error() {}, warn: (message: string) => void logged.push(message) };
      const place = await openPlace(stores[0]!, options =>
        openBullQueue({ ...options, log, redis: 'redis://:geheim@127.0.0.1:1', prefix }),
      );
      const queue = await place.queue({ clock: realClock });
      const keys: string[] = [];
      const stop = queue.work(
        noting(keys, async job => {
          if (job.key === 'a' && keys.length < 4) return { again: Date.now() + 50 };
        }),
        { concurrency: 2 },
      );
      for (const key of ['a', 'b', 'c']) await queue.add(backup(key));
      await eventually(() => expect(keys).toEqual(expect.arrayContaining(['a', 'b', 'c', 'a'])), 5000);
      await stop();
      await place.close();
      expect(logged).toEqual(['redis does not answer: jobs are taken from the store']);
    });

    describe('which comes and goes', () => {
      let proxy: Proxy;
      beforeEach(async () => {
        proxy = await openProxy(new URL(address));
      });
      afterEach(() => proxy.stop());

      it('goes on through the store meanwhile, and uses Redis again afterwards', { timeout: 40_000 }, async () => {
        const place = await openPlace(stores[0]!, options => openBullQueue({ ...options, redis: proxy.url, prefix }));
        const outages = () => place.logged.filter(line => line.startsWith('warn redis'));
        const [adding, working] = [await place.queue(), await place.queue()];
        const keys: string[] = [];
        const stop = working.work(noting(keys), { concurrency: 2 });
        await adding.add(backup('before'));
        await eventually(() => expect(keys).toEqual(['before']));
        await proxy.stop();
        await eventually(() => expect(outages()).toHaveLength(2));
        await adding.add(backup('during'));
        await eventually(async () => {
          await place.clock.advance(1000);
          expect(keys).toContain('during');
        });
        await proxy.start();
        await eventually(() =>
          expect(place.logged.filter(line => line === 'info redis answers again')).toHaveLength(2),
        );
        // The clock stands again, so that only a message can carry it.
        await adding.add(backup('after'));
        await eventually(() => expect(keys).toContain('after'), 20_000);
        await stop();
        await place.close();
        expect(outages()).toHaveLength(2);
      });
    });

    it('refuses an address that is none of Redis, without showing it, and to take over what others do', async () => {
      const options = (place: Place) => ({
        store: place.store,
        clock: place.clock,
        random: Math.random,
        worker: 'x',
        log: { debug() {}, info() {}, warn() {}, error() {} },
        signal: new AbortController().signal,
      });
      for (const redis of ['http://:geheim@x', 'geheim', '']) {
        const error: Failure = await openQueue({ ...options(place), redis }).catch(thrown => thrown);
        expect(error).toMatchObject({ code: 'usage', message: 'the address of Redis is no URL of it' });
      }
      await expect(openQueue({ ...options(place), redis: address, takeOver: true })).rejects.toThrow(Failure);
    });
  });
});

interface Proxy {
  readonly url: string;
  start(): Promise<void>;
  /** Breaks all connections, and takes no more. */
  stop(): Promise<void>;
}

/** A way to the server that can be cut. */
async function openProxy(to: URL): Promise<Proxy> {
  const sockets = new Set<Socket>();
  let server: Server | undefined;
  let port = 0;
  const keep = (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket)).on('error', () => {});
  };
  const start = async () => {
    server = createServer(from => {
      const upstream = connect(Number(to.port || 6379), to.hostname);
      keep(from);
      keep(upstream);
      from.pipe(upstream).pipe(from);
    });
    await new Promise<void>(resolve => server!.listen(port, '127.0.0.1', resolve));
    port = (server.address() as { port: number }).port;
  };
  await start();
  return {
    url: `redis://127.0.0.1:${port}`,
    start,
    async stop() {
      const closed = new Promise(resolve => server!.close(resolve));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
