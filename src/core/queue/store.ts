import type { Log } from '../log.ts';
import type { Store } from '../store/store.ts';
import type { Clock } from '../world.ts';
import { addingJob } from './adding.ts';
import { countJobs } from './admin.ts';
import { type Claims, createClaims } from './claim.ts';
import { createCleaning } from './clean.ts';
import { gatherWrites } from './gather.ts';
import { createRunning, type Runner } from './handle.ts';
import type { Queue } from './queue.ts';
import { createSlots } from './slots.ts';
import { startWork, type Work } from './work.ts';

/** What a queue works with. */
export interface QueueOptions {
  readonly store: Store;
  readonly clock: Clock;
  /** From 0 up to 1. */
  readonly random: () => number;
  /** Who claims jobs here, at most 255 bytes; for people who look at the table. */
  readonly worker: string;
  readonly log: Log;
  /** When it is aborted no job is begun any more, and the signals of those under way are aborted. */
  readonly signal: AbortSignal;
  /** No other process works on this store, so that whatever is active there was left by a dead one: it is begun anew at once. */
  readonly takeOver?: boolean;
  /** Milliseconds that a job is held without a renewal; default 30 s. */
  readonly lease?: number;
}

/** A queue together with what one that carries messages besides needs of it. */
export interface StoreQueue extends Queue {
  readonly runner: Runner;
  readonly claims: Claims;
  readonly clean: () => Promise<void>;
}

const pace = { every: 1000, grace: 0 };

/** The queue in the store's own table. While it drains, leases are renewed by the handlers alone: no timer runs. */
export async function openStoreQueue(options: QueueOptions & Pick<Runner, 'onSettled'>): Promise<StoreQueue> {
  const { store, clock, signal } = options;
  const write = gatherWrites(store);
  const runner: Runner = { lease: 30_000, ...options, write };
  const claims = createClaims(runner);
  const clean = createCleaning(store, clock);
  const works = new Set<Work>();
  if (options.takeOver) await freeAll(store);

  const queue: StoreQueue = {
    runner,
    claims,
    clean,
    async add(job) {
      await store.commit([queue.adding(job)]);
      queue.wake();
    },
    adding: job => addingJob(store, job, clock.now()),
    wake() {
      for (const work of works) work.wake();
    },
    work(handlers, { concurrency }) {
      const running = createRunning(runner, handlers);
      const work = startWork(runner, running, { claims, slots: createSlots(concurrency), pace: () => pace, clean });
      works.add(work);
      return async () => {
        await work.stop();
        works.delete(work);
      };
    },
    async drain(handlers, { concurrency = 1 } = {}) {
      const running = createRunning(runner, handlers);
      const abort = () => running.abort(signal.reason);
      signal.addEventListener('abort', abort);
      let handled = 0;
      try {
        while (!signal.aborted) {
          const now = clock.now();
          const { rows } = await claims.findDue({ now, limit: concurrency });
          if (rows.length === 0) break;
          const claimed = await claims.claim(rows, now);
          await Promise.all(claimed.map(running.run));
          handled += claimed.length;
        }
      } finally {
        signal.removeEventListener('abort', abort);
      }
      await clean();
      return handled;
    },
    counts: () => countJobs(store),
    async close() {
      await Promise.all([...works].map(work => work.stop()));
    },
  };
  return queue;
}

/** Gives back what is active: its fence stays, and no longer holds anything. */
async function freeAll({ db, commit }: Store): Promise<void> {
  const freeing = db
    .updateTable('jobs')
    .set({ state: 'waiting', worker: null, lease_until: null })
    .where('state', '=', 'active');
  await commit([{ query: freeing }]);
}
