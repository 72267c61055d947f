import { carryMessages } from './carrier.ts';
import { claim, findOne } from './claim.ts';
import { createRunning } from './handle.ts';
import { type Announced, openMessages } from './messages.ts';
import type { Handlers, Queue } from './queue.ts';
import { openRedis } from './redis.ts';
import { createSlots } from './slots.ts';
import { openStoreQueue, type QueueOptions } from './store.ts';
import { startWork } from './work.ts';

/** How the store is swept for jobs whose messages were lost, and how it is asked while Redis is away. */
const sweep = { every: 5000, grace: 2000 };
const alone = { every: 1000, grace: 0 };

/** How long a key is looked for whose commit may still be under way, in milliseconds. */
const keyPatience = 60_000;

/** A queue in the store whose jobs are carried by messages through Redis: they say which job to look at, and what becomes of it is settled in the store. Whatever is lost there is found by a sweep within 7 s, and while Redis is away the store alone carries the jobs. */
export async function openBullQueue(
  options: QueueOptions & { readonly redis: string; readonly prefix?: string },
): Promise<Queue> {
  const { store, clock, log, redis, prefix = 'cloudctl' } = options;
  const server = await openRedis(redis, log);
  const messages = await openMessages(server, prefix, clock);
  const inner = await openStoreQueue({
    ...options,
    onSettled(row, { state, runAt }) {
      if (state === 'waiting') void messages.put([{ ...row, run_at: runAt }]);
    },
  });
  const { runner, clean } = inner;
  const stops = new Set<() => Promise<void>>();
  const wakes = new Set<() => void>();
  /** Keys of jobs that may have been added, each with when. */
  const added = new Map<string, number>();

  const announce = async () => {
    const keys = [...added.keys()];
    if (keys.length === 0 || !messages.isReady) return added.clear();
    const rows = await findKeys(keys);
    const old = clock.now() - keyPatience;
    for (const { unique_key } of rows) added.delete(unique_key);
    for (const [key, at] of added) if (at < old) added.delete(key);
    await messages.put(rows.filter(row => row.state === 'waiting'));
  };
  const findKeys = async (keys: readonly string[]): Promise<(Announced & { state: string })[]> =>
    store.db
      .selectFrom('jobs')
      .select(['id', 'unique_key', 'fence', 'run_at', 'state'])
      .where('unique_key', 'in', keys)
      .execute();

  const wake = () => {
    if (!messages.isReady) for (const each of wakes) each();
    announce().catch(() => log.warn('new jobs could not be announced: they are found by the next sweep'));
  };

  const queue: Queue = {
    async add(job) {
      await store.commit([queue.adding(job)]);
      wake();
    },
    adding(job) {
      added.set(job.key, clock.now());
      return inner.adding(job);
    },
    wake,
    work(handlers: Handlers, { concurrency }) {
      const running = createRunning(runner, handlers);
      const slots = createSlots(concurrency);
      const pace = () => (messages.isReady ? sweep : alone);
      const work = startWork(runner, running, { slots, pace, clean });
      const handle = async (id: number) => {
        await slots.take();
        try {
          const now = clock.now();
          const row = await findOne(store.db, id, now);
          for (const claimed of row ? await claim(runner, [row], now) : []) await running.run(claimed);
        } finally {
          slots.give();
        }
      };
      const stopCarrying = carryMessages(server, { prefix, concurrency, clock }, handle);
      wakes.add(work.wake);
      const stop = async () => {
        wakes.delete(work.wake);
        await Promise.all([stopCarrying(), work.stop()]);
        stops.delete(stop);
      };
      stops.add(stop);
      return stop;
    },
    drain: inner.drain,
    counts: inner.counts,
    async close() {
      await Promise.all([...stops].map(stop => stop()));
      await messages.close();
      await inner.close();
    },
  };
  return queue;
}
