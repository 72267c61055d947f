import { createAnnouncing } from './announce.ts';
import { carryMessages } from './carrier.ts';
import { createRunning } from './handle.ts';
import { type Messages, openMessages } from './messages.ts';
import type { Queue } from './queue.ts';
import { openRedis } from './redis.ts';
import { createSlots } from './slots.ts';
import { openStoreQueue, type QueueOptions } from './store.ts';
import { startWork } from './work.ts';

/** How the store is swept for jobs whose messages were lost, and how it is asked while Redis is away. */
const sweep = { every: 5000, grace: 2000 };
const alone = { every: 1000, grace: 0 };

/** A queue in the store whose jobs are carried by messages through Redis: they say which job to look at, and what becomes of it is settled in the store. Whatever is lost there is found by a sweep within 7 s, and while Redis is away the store alone carries the jobs. */
export async function openBullQueue(
  options: QueueOptions & { readonly redis: string; readonly prefix?: string },
): Promise<Queue> {
  const { store, clock, log, redis, prefix = 'cloudctl' } = options;
  const server = await openRedis(redis, log);
  const inner = await openStoreQueue({
    ...options,
    onSettled(row, { state, runAt }) {
      if (state === 'waiting') void messages.put([{ ...row, run_at: runAt }]);
    },
  });
  const { runner, claims, clean } = inner;
  const announcing = createAnnouncing(store, clock, () =>
    log.warn('new jobs could not be announced: they are found by the next sweep'),
  );
  const stops = new Set<() => Promise<void>>();
  const wakes = new Set<() => void>();

  const wake = () => {
    if (!messages.isReady) for (const each of wakes) each();
    void announcing.announce(messages);
  };
  const messages: Messages = await openMessages(server, { prefix, clock, onReady: wake });

  const queue: Queue = {
    async add(job) {
      await store.commit([queue.adding(job)]);
      wake();
    },
    adding(job) {
      const step = inner.adding(job);
      announcing.expect(job.key);
      return step;
    },
    wake,
    work(handlers, { concurrency }) {
      const running = createRunning(runner, handlers);
      const slots = createSlots(concurrency);
      const pace = () => (messages.isReady ? sweep : alone);
      const work = startWork(runner, running, { claims, slots, pace, clean });
      let isStopping = false;
      const stopCarrying = carryMessages(server, { prefix, concurrency, clock }, async id => {
        await slots.take();
        try {
          // The message goes, the job stays: another's sweep finds it.
          if (isStopping || runner.signal.aborted) return;
          const now = clock.now();
          const row = await claims.findOne(id, now);
          for (const claimed of row ? await claims.claim([row], now) : []) await running.run(claimed);
        } finally {
          slots.give();
        }
      });
      wakes.add(work.wake);
      const stop = async () => {
        isStopping = true;
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
