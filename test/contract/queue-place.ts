import { afterAll, afterEach, beforeAll, beforeEach, expect, vi } from 'vitest';
import type { Log } from '../../src/core/log.ts';
import type { Handler, Handlers, Job, NewJob, Queue } from '../../src/core/queue/queue.ts';
import type { QueueOptions } from '../../src/core/queue/store.ts';
import type { Store } from '../../src/core/store/store.ts';
import type { JobRow } from '../../src/core/store/tables.ts';
import type { Clock } from '../../src/core/world.ts';
import { type FakeClock, fakeClock } from '../helpers/clock.ts';
import type { BackEnd, TestStore } from '../helpers/stores.ts';

/** Opens the queue that is tested; `close` of what it gives removes nothing but connections. */
export type OpenQueue = (options: QueueOptions) => Promise<Queue>;

/** A store, and queues on it that are closed with it. */
export interface Place {
  readonly store: Store;
  readonly clock: FakeClock;
  /** What was logged: level and message. */
  readonly logged: readonly string[];
  /** A queue as one process has it; each has a connection of its own. */
  queue(options?: Partial<QueueOptions>): Promise<Queue>;
  /** The row of the job with that key. */
  row(key: string): Promise<(Omit<JobRow, 'id'> & { id: number }) | undefined>;
  close(): Promise<void>;
}

export const realClock: Clock = {
  now: Date.now,
  sleep: (ms, signal) =>
    new Promise((resolve, reject) => {
      signal?.throwIfAborted();
      const timer = setTimeout(done, ms);
      function done() {
        signal?.removeEventListener('abort', stop);
        resolve();
      }
      function stop() {
        clearTimeout(timer);
        reject(signal!.reason);
      }
      signal?.addEventListener('abort', stop, { once: true });
    }),
};

/** A log that keeps what it is told. */
export function recordLog(lines: string[]): Log {
  const at = (level: string) => (message: string) => void lines.push(`${level} ${message}`);
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}

/** A store, and more connections to it. */
export interface Ground {
  readonly store: TestStore;
  /** The same one for the same number. */
  connection(number: number): Promise<Store>;
}

/** Opens an empty store on a back end. */
export async function openGround(backEnd: BackEnd): Promise<Ground> {
  const store = await backEnd.open();
  const others: Promise<Store>[] = [];
  return { store, connection: number => (others[number] ??= store.another()) };
}

/** A place on an empty store, with a clock that stands. */
export function placeOn({ store, connection }: Ground, open: OpenQueue): Place {
  const clock = fakeClock(Date.parse('2026-11-23T08:00:00Z'), { auto: false });
  const logged: string[] = [];
  const queues: Queue[] = [];
  return {
    store,
    clock,
    logged,
    async queue(options = {}) {
      const number = queues.length;
      const queue = await open({
        store: options.store ?? (await connection(number)),
        clock,
        random: () => 0.5,
        worker: `worker-${number + 1}`,
        log: recordLog(logged),
        signal: new AbortController().signal,
        ...options,
      });
      queues.push(queue);
      return queue;
    },
    row: key => store.db.selectFrom('jobs').selectAll().where('unique_key', '=', key).executeTakeFirst(),
    close: async () => void (await Promise.all(queues.map(queue => queue.close()))),
  };
}

/** A place on a store of its own, which goes with it. */
export async function openPlace(backEnd: BackEnd, open: OpenQueue): Promise<Place> {
  const ground = await openGround(backEnd);
  const place = placeOn(ground, open);
  return {
    ...place,
    async close() {
      await place.close();
      await ground.store.close();
    },
  };
}

/** Handlers of which only those given are expected to be called. */
export function handlersOf(given: Partial<Handlers>): Handlers {
  const none = async (job: Job) => expect.unreachable(`no job of the name ${job.name} was expected`);
  return { backup: none, prune: none, verify: none, 'power-on': none, reconcile: none, ...given };
}

/** A job of the name `backup`. */
export const backup = (key: string, more: Partial<NewJob<'backup'>> = {}): NewJob<'backup'> => ({
  name: 'backup',
  payload: { run: key },
  key,
  ...more,
});

/** A promise with its ends in hand. */
export function defer<T = void>() {
  let resolve!: (value: T) => void;
  const promise = new Promise<T>(done => {
    resolve = done;
  });
  return { promise, resolve };
}

/** Handlers of the name `backup` that note the keys in order. */
export function noting(keys: string[], then: Handler<'backup'> = async () => {}): Handlers {
  return handlersOf({
    backup: async job => {
      keys.push(job.key);
      return then(job);
    },
  });
}

export const eventually = (check: () => unknown, timeout = 10_000) => vi.waitFor(check, { timeout, interval: 5 });

/** Where a test is: a place, and the first queue in it. */
export interface At {
  place: Place;
  queue: Queue;
}

/** A place for each test that follows, all on one store, which is empty before each: making one takes MySQL long. */
export function atPlace(backEnd: BackEnd, open: OpenQueue): At {
  const at = {} as At;
  let ground: Ground;
  beforeAll(async () => {
    ground = await openGround(backEnd);
  });
  beforeEach(async () => {
    const { db, commit } = ground.store;
    await commit([
      { query: db.deleteFrom('jobs') },
      { query: db.deleteFrom('meta').where('name', 'in', ['x', 'late']) },
    ]);
    at.place = placeOn(ground, open);
    at.queue = await at.place.queue();
  });
  afterEach(() => at.place.close());
  afterAll(() => ground.store.close());
  return at;
}
