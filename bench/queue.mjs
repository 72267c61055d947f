// The queue: jobs claimed, handled and settled in a second, each commit on the disk before it counts.

import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { load, require } from './load.mjs';
import { rate } from './measure.mjs';

const redis = process.env.CLOUDCTL_BENCH_REDIS ?? 'redis://127.0.0.1:6379';
const silent = { debug() {}, info() {}, warn() {}, error() {} };
const clock = { now: Date.now, sleep: (ms, signal) => setTimeout(ms, undefined, { signal }) };

const job = number => ({ name: 'reconcile', payload: {}, key: `job-${number}` });

/** What `measure` gives where a Redis is, with a prefix of its own; undefined where none is. */
async function withRedis(measure) {
  const { Redis } = require('ioredis');
  const connection = new Redis(redis, { lazyConnect: true, retryStrategy: () => null });
  connection.on('error', () => {});
  const prefix = `cloudctl-bench-${randomBytes(4).toString('hex')}`;
  try {
    await connection.connect();
  } catch {
    return undefined;
  }
  try {
    return await measure(prefix);
  } finally {
    for await (const keys of connection.scanStream({ match: `${prefix}:*`, count: 1000 })) {
      if (keys.length > 0) await connection.unlink(...keys);
    }
    await connection.quit();
  }
}

/** Jobs a second that are claimed, handled and settled. */
async function countWorked({ openQueue, openSqlite }, options, jobs, concurrency) {
  const folder = mkdtempSync(join(tmpdir(), 'cloudctl-bench-queue-'));
  const store = await openSqlite(join(folder, 'store.sqlite'));
  const signal = new AbortController().signal;
  const queue = await openQueue({
    store,
    clock,
    random: Math.random,
    worker: 'bench',
    log: silent,
    signal,
    ...options,
  });
  // Messages are there before they are due, so that none is taken for lost.
  const runAt = Date.now() + (options.redis ? 2000 : 0);
  try {
    for (let first = 0; first < jobs; first += 1000) {
      const numbers = Array.from({ length: 1000 }, (_, index) => first + index);
      await store.commit(numbers.map(number => queue.adding({ ...job(number), runAt })));
      queue.wake();
    }
    return await new Promise(resolve => {
      let left = jobs;
      let start;
      const reconcile = async () => {
        start ??= performance.now();
        left -= 1;
        if (left > 0) return;
        // After its settlement, which ends with the others of its turn.
        const stopped = stop();
        stopped.then(() => resolve((jobs / (performance.now() - start)) * 1000));
      };
      const stop = queue.work({ reconcile }, { concurrency });
    });
  } finally {
    await queue.close();
    await store.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Jobs a second when a drain takes one after the other in memory, as the simulation does. */
async function countDrained({ openQueue, openSqlite }, jobs) {
  const store = await openSqlite(':memory:');
  const signal = new AbortController().signal;
  const queue = await openQueue({ store, clock, random: Math.random, worker: 'bench', log: silent, signal });
  await store.commit(Array.from({ length: jobs }, (_, number) => queue.adding(job(number))));
  const start = performance.now();
  await queue.drain({ reconcile: async () => {} });
  const took = performance.now() - start;
  await queue.close();
  await store.close();
  return (jobs / took) * 1000;
}

export const queueRow = {
  name: 'queue',
  bar: '>= 5,000/s',
  measure: async () => {
    const parts = await load('core/queue/open.ts', 'core/store/sqlite.ts');
    const alone = await countWorked(parts, {}, 20_000, 100);
    const drained = await countDrained(parts, 20_000);
    const carried = await withRedis(prefix => countWorked(parts, { redis, prefix }, 5000, 100));
    const yardstick = carried === undefined ? '' : `through BullMQ ${rate(carried)}`;
    const ratio = carried === undefined ? '' : (alone / carried).toFixed(2);
    return [
      ['queue on SQLite, durable', rate(alone), yardstick, ratio],
      ['  one after the other, in memory', rate(drained), '', '', ''],
    ];
  },
};
