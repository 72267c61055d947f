import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Failure, type FailureCode, failures } from '../../src/core/failure.ts';
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
  readonly store: TestStore;
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

/** Opens a store on a back end with a clock that stands. */
export async function openPlace(backEnd: BackEnd, open: OpenQueue): Promise<Place> {
  const store = await backEnd.open();
  const clock = fakeClock(Date.parse('2026-11-23T08:00:00Z'), { auto: false });
  const logged: string[] = [];
  const queues: Queue[] = [];
  return {
    store,
    clock,
    logged,
    async queue(options = {}) {
      const queue = await open({
        store: await store.another(),
        clock,
        random: () => 0.5,
        worker: `worker-${queues.length + 1}`,
        log: recordLog(logged),
        signal: new AbortController().signal,
        ...options,
      });
      queues.push(queue);
      return queue;
    },
    row: key => store.db.selectFrom('jobs').selectAll().where('unique_key', '=', key).executeTakeFirst(),
    async close() {
      await Promise.all(queues.map(queue => queue.close()));
      await store.close();
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

const again = Object.keys(failures).filter(code => failures[code as FailureCode].again) as FailureCode[];
const never = Object.keys(failures).filter(code => !again.includes(code as FailureCode)) as FailureCode[];

/** What every queue promises. */
export function queueContract(name: string, backEnd: BackEnd, open: OpenQueue): void {
  describe(`a queue ${name}`, () => {
    let place: Place;
    let queue: Queue;
    beforeEach(async () => {
      place = await openPlace(backEnd, open);
      queue = await place.queue();
    });
    afterEach(() => place.close());

    describe('of jobs that are added', () => {
      it('takes the same key twice for one job, also at the same time and after it has ended', async () => {
        const other = await place.queue();
        const keys: string[] = [];
        await Promise.all([queue, other, queue, other].map(each => each.add(backup('one'))));
        expect(await queue.drain(noting(keys))).toBe(1);
        await other.add(backup('one'));
        expect(await other.drain(noting(keys))).toBe(0);
        expect(keys).toEqual(['one']);
      });

      it('gives a job its payload, key and name', async () => {
        const jobs: Job[] = [];
        await queue.add({ name: 'prune', payload: { schedule: 7, server: 42 }, key: 'prune ü:1' });
        await queue.drain(handlersOf({ prune: async job => void jobs.push(job) }));
        expect(jobs).toMatchObject([
          { key: 'prune ü:1', name: 'prune', payload: { schedule: 7, server: 42 }, attempts: 0 },
        ]);
      });

      it('begins none before its time', async () => {
        const keys: string[] = [];
        await queue.add(backup('later', { runAt: place.clock.now() + 5000 }));
        await place.clock.advance(4999);
        expect(await queue.drain(noting(keys))).toBe(0);
        await place.clock.advance(1);
        expect(await queue.drain(noting(keys))).toBe(1);
      });

      it('handles those that are due in the order of their times, one after the other', async () => {
        const now = place.clock.now();
        const keys: string[] = [];
        for (const [key, before] of Object.entries({ c: 0, a: 2000, b: 1000, d: 0 })) {
          await queue.add(backup(key, { runAt: now - before }));
        }
        let [underWay, most] = [0, 0];
        const handled = await queue.drain(
          noting(keys, async () => {
            underWay += 1;
            most = Math.max(most, underWay);
            await new Promise(setImmediate);
            underWay -= 1;
          }),
        );
        expect([handled, most, keys]).toEqual([4, 1, ['a', 'b', 'c', 'd']]);
      });

      it('handles what a handler adds in the same drain', async () => {
        const keys: string[] = [];
        await queue.add(backup('first'));
        const next: Handler<'backup'> = async job => (job.key === 'first' ? queue.add(backup('second')) : undefined);
        expect(await queue.drain(noting(keys, next))).toBe(2);
      });

      it('adds nothing in a commit that is undone, and the job in one that is not', async () => {
        const { store } = place;
        const meta = (value: string) => ({ query: store.db.insertInto('meta').values({ name: 'x', value }) });
        const failing = { query: store.db.updateTable('meta').set({ value: '2' }).where('name', '=', 'y'), changes: 1 };
        expect(await store.commit([queue.adding(backup('one')), failing])).toBeUndefined();
        expect(await place.row('one')).toBeUndefined();
        expect(await store.commit([meta('1'), queue.adding(backup('one'))])).toEqual([1, 1]);
        expect(await store.commit([queue.adding(backup('one'))])).toEqual([0]);
        expect(await queue.drain(noting([]))).toBe(1);
      });

      it('refuses a key that no store could keep, and a time that is none', () => {
        expect(() => queue.adding(backup('x'.repeat(256)))).toThrow(
          'the key of a job of the name backup has 256 bytes',
        );
        expect(() => queue.adding(backup(''))).toThrow('0 bytes');
        expect(() => queue.adding(backup('x', { runAt: Number.NaN }))).toThrow('no time: NaN');
      });

      it('counts those that wait, are under way and have failed for good', async () => {
        for (const key of ['a', 'b', 'c']) await queue.add(backup(key));
        await queue.add(backup('later', { runAt: place.clock.now() + 60_000 }));
        const counts: unknown[] = [];
        await queue.drain(
          noting([], async ({ key }) => {
            counts.push(await queue.counts());
            if (key === 'b') throw new Failure('refused', 'no');
          }),
        );
        expect(counts).toEqual([
          { waiting: 3, active: 1, failed: 0 },
          { waiting: 2, active: 1, failed: 0 },
          { waiting: 1, active: 1, failed: 1 },
        ]);
        expect(await queue.counts()).toEqual({ waiting: 1, active: 0, failed: 1 });
      });
    });

    describe('of jobs that fail', () => {
      const failing = (error: unknown) =>
        handlersOf({
          backup: async () => {
            throw error;
          },
        });

      it.each(again)('tries one that failed with %s again, later', async code => {
        await queue.add(backup('one'));
        expect(await queue.drain(failing(new Failure(code, 'not now')))).toBe(1);
        const row = await place.row('one');
        const first = code === 'limited' || code === 'conflict' ? 15_000 : 5000;
        expect(row).toMatchObject({ state: 'waiting', attempts: 1, error_code: code, error_message: 'not now' });
        expect(row!.run_at - place.clock.now()).toBe(first / 2);
        await place.clock.advance(first / 2);
        const attempts: number[] = [];
        await queue.drain(handlersOf({ backup: async job => void attempts.push(job.attempts) }));
        expect(attempts).toEqual([1]);
        expect(await place.row('one')).toMatchObject({ state: 'done', error_code: null, finished: place.clock.now() });
      });

      it.each(never.filter(code => code !== 'unexpected'))('gives up one that failed with %s', async code => {
        await queue.add(backup('one'));
        await queue.drain(failing(new Failure(code, 'never')));
        expect(await place.row('one')).toMatchObject({ state: 'dead', attempts: 1, error_code: code });
        await place.clock.advance(7_200_000);
        expect(await queue.drain(noting([]))).toBe(0);
      });

      const countTries = async (error: unknown) => {
        await queue.add(backup('one'));
        let tries = 0;
        for (let round = 0; round < 40; round++) {
          tries += await queue.drain(failing(error));
          await place.clock.advance(3_600_000);
        }
        return tries;
      };

      it('calls one 25 times at most', async () => {
        expect(await countTries(new Failure('unreachable', 'gone'))).toBe(25);
        expect(await place.row('one')).toMatchObject({ state: 'dead', attempts: 25, error_message: 'gone' });
      });

      it('tries a bug again five times, and keeps nothing of what it says', async () => {
        expect(await countTries(new TypeError('the token is geheim'))).toBe(6);
        const row = await place.row('one');
        expect(row).toMatchObject({ state: 'dead', error_code: 'unexpected', error_message: 'a bug: TypeError' });
        expect(place.logged.join()).not.toContain('geheim');
      });

      it('goes on past a job that cannot be read and one that has no handler', async () => {
        for (const key of ['odd', 'broken', 'good']) await queue.add(backup(key));
        const set = (key: string, values: object) =>
          place.store.commit([{ query: place.store.db.updateTable('jobs').set(values).where('unique_key', '=', key) }]);
        await set('odd', { name: 'of-a-newer-version' });
        await set('broken', { payload: '{"run":' });
        const keys: string[] = [];
        expect(await queue.drain(noting(keys))).toBe(3);
        expect(keys).toEqual(['good']);
        expect(await place.row('odd')).toMatchObject({ state: 'waiting', error_code: 'unexpected' });
        expect(await place.row('broken')).toMatchObject({ state: 'waiting', error_message: 'a bug: SyntaxError' });
      });
    });

    it('calls a job again when its handler asks for it, which is no failure', async () => {
      await queue.add(backup('one'));
      const at = place.clock.now() + 1000.5;
      const attempts: number[] = [];
      const twice: Handler<'backup'> = async job => {
        attempts.push(job.attempts);
        return attempts.length === 1 ? { again: at } : undefined;
      };
      expect(await queue.drain(handlersOf({ backup: twice }))).toBe(1);
      await place.clock.advance(1000);
      expect(await queue.drain(handlersOf({ backup: twice }))).toBe(0);
      await place.clock.advance(1);
      expect(await queue.drain(handlersOf({ backup: twice }))).toBe(1);
      expect(attempts).toEqual([0, 0]);
    });

    describe('whose worker may die', () => {
      /** A worker that claims the job and then does nothing until it is told to go on. */
      const hang = async (then: (job: Job<'backup'>) => Promise<void> = async () => {}) => {
        const [claimed, go] = [defer<Job<'backup'>>(), defer()];
        const worker = await place.queue({ worker: 'hanging' });
        const drained = worker.drain(
          handlersOf({
            backup: async job => {
              claimed.resolve(job);
              await go.promise;
              await then(job);
            },
          }),
        );
        return { job: await claimed.promise, go: go.resolve, drained };
      };

      it('hands its job to another after the lease, not before, with a higher fence', async () => {
        await queue.add(backup('one'));
        const { go, drained } = await hang();
        const before = (await place.row('one'))!;
        expect(before).toMatchObject({ state: 'active', worker: 'hanging', fence: 1 });
        expect(before.lease_until).toBe(place.clock.now() + 30_000);
        await place.clock.advance(30_000);
        expect(await queue.drain(noting([]))).toBe(0);
        await place.clock.advance(1);
        const keys: string[] = [];
        expect(await queue.drain(noting(keys))).toBe(1);
        expect(await place.row('one')).toMatchObject({ state: 'done', fence: 2, attempts: 0 });
        go();
        await drained;
        expect(await place.row('one')).toMatchObject({ state: 'done', fence: 2 });
      });

      it('keeps what the first one does afterwards out of the store', async () => {
        await queue.add(backup('one'));
        const outcomes: unknown[] = [];
        const { go, drained } = await hang(async job => {
          const write = place.store.db.insertInto('meta').values({ name: 'late', value: '1' });
          outcomes.push(await place.store.commit([{ query: write }, job.held()]));
          outcomes.push(await job.renew().catch(error => error.code));
          throw new Failure('refused', 'late');
        });
        await place.clock.advance(30_001);
        const done = defer();
        const second = await place.queue();
        const taken = second.drain(noting([], () => done.promise));
        await eventually(async () => expect(await place.row('one')).toMatchObject({ fence: 2, state: 'active' }));
        go();
        await drained;
        expect(outcomes).toEqual([undefined, 'conflict']);
        expect(await place.row('one')).toMatchObject({ fence: 2, state: 'active', error_code: null });
        expect(await place.store.db.selectFrom('meta').select('name').where('name', '=', 'late').execute()).toEqual([]);
        done.resolve();
        await taken;
        expect(await place.row('one')).toMatchObject({ fence: 2, state: 'done' });
        expect(place.logged).toContain('warn another worker has the job: what became of it here is not kept');
      });

      it('commits what is done while it is held', async () => {
        await queue.add(backup('one'));
        const changed: unknown[] = [];
        await queue.drain(
          handlersOf({ backup: async job => void changed.push(await place.store.commit([job.held(), job.held()])) }),
        );
        expect(changed).toEqual([[1, 1]]);
      });

      it('renews a lease that has not run out, also twice in the same moment', async () => {
        await queue.add(backup('one'));
        await queue.drain(
          noting([], async job => {
            await job.renew();
            await job.renew();
            await place.clock.advance(29_000);
            await job.renew();
            await place.clock.advance(30_000);
            await job.renew();
            expect((await place.row('one'))!.lease_until).toBe(place.clock.now() + 30_000);
          }),
        );
        expect(await place.row('one')).toMatchObject({ state: 'done', attempts: 0 });
      });

      it('refuses to renew a lease that has run out, although nobody has taken the job', async () => {
        await queue.add(backup('one'));
        const codes: unknown[] = [];
        await queue.drain(
          noting([], async job => {
            await place.clock.advance(30_001);
            await job.renew().catch(error => {
              codes.push(error.code, job.signal.aborted, job.signal.reason.code);
              throw error;
            });
          }),
        );
        expect(codes).toEqual(['conflict', true, 'conflict']);
        expect(await place.row('one')).toMatchObject({ state: 'waiting', attempts: 1, error_code: 'conflict' });
      });

      it('refuses to renew when the store has taken so long that the lease is nearly over', async () => {
        await queue.add(backup('one'));
        const inner = await place.store.another();
        let isSlow = false;
        const slow: Store = {
          ...inner,
          async commit(steps) {
            const changed = await inner.commit(steps);
            if (isSlow) await place.clock.advance(10_001);
            return changed;
          },
        };
        const worker = await place.queue({ store: slow });
        const codes: unknown[] = [];
        await worker.drain(
          noting([], async job => {
            isSlow = true;
            codes.push(await job.renew().catch(error => error.code));
            isSlow = false;
          }),
        );
        expect(codes).toEqual(['conflict']);
      });
    });

    describe('with workers', () => {
      it('begins at once what was added in a commit, when it is woken', async () => {
        const keys: string[] = [];
        const stop = queue.work(noting(keys), { concurrency: 2 });
        await place.store.commit([queue.adding(backup('one'))]);
        queue.wake();
        await eventually(() => expect(keys).toEqual(['one']));
        await stop();
      });

      it('begins a job when it is due', async () => {
        const keys: string[] = [];
        await queue.add(backup('soon', { runAt: place.clock.now() + 300 }));
        const stop = queue.work(noting(keys), { concurrency: 2 });
        await eventually(() => expect(place.clock.slept.some(ms => ms === 300 || ms === 2300)).toBe(true));
        await place.clock.advance(299);
        expect(keys).toEqual([]);
        await place.clock.advance(1);
        await eventually(() => expect(keys).toEqual(['soon']));
        await stop();
      });

      it('has no more under way than it was told', async () => {
        for (let index = 0; index < 12; index++) await queue.add(backup(`job-${index}`));
        let [underWay, most] = [0, 0];
        const keys: string[] = [];
        const stop = queue.work(
          noting(keys, async () => {
            underWay += 1;
            most = Math.max(most, underWay);
            for (let turn = 0; turn < 5; turn++) await new Promise(setImmediate);
            underWay -= 1;
          }),
          { concurrency: 3 },
        );
        await eventually(() => expect(keys).toHaveLength(12));
        await stop();
        expect(most).toBe(3);
      });

      it('keeps the lease while the handler runs, and lets it go when another has the job', async () => {
        const [begun, go] = [defer<Job>(), defer()];
        await queue.add(backup('one'));
        const stop = queue.work(
          noting([], async job => {
            begun.resolve(job);
            await go.promise;
          }),
          { concurrency: 1 },
        );
        const job = await begun.promise;
        const other = await place.queue();
        for (let turn = 1; turn <= 5; turn++) {
          await place.clock.advance(10_000);
          const until = place.clock.now() + 30_000;
          await eventually(async () => expect((await place.row('one'))!.lease_until).toBe(until));
          expect(await other.drain(noting([]))).toBe(0);
        }
        expect(job.signal.aborted).toBe(false);
        const stolen = { fence: 9, worker: 'thief', lease_until: place.clock.now() + 60_000 };
        await place.store.commit([{ query: place.store.db.updateTable('jobs').set(stolen) }]);
        await place.clock.advance(10_000);
        await eventually(() => expect(job.signal.aborted).toBe(true));
        expect(job.signal.reason).toMatchObject({ code: 'conflict' });
        expect(await place.store.commit([job.held()])).toBeUndefined();
        go.resolve();
        await stop();
        expect(await place.row('one')).toMatchObject({ ...stolen, state: 'active' });
      });

      it('lets those under way finish when it is stopped, and begins no more', async () => {
        const [begun, go] = [defer(), defer()];
        await queue.add(backup('one'));
        const keys: string[] = [];
        const stop = queue.work(
          noting(keys, () => {
            begun.resolve();
            return go.promise;
          }),
          { concurrency: 1 },
        );
        await begun.promise;
        let isStopped = false;
        const stopped = stop().then(() => {
          isStopped = true;
        });
        await queue.add(backup('two'));
        await place.row('two');
        expect(isStopped).toBe(false);
        go.resolve();
        await stopped;
        expect(keys).toEqual(['one']);
        expect(await place.row('one')).toMatchObject({ state: 'done' });
        expect(await place.row('two')).toMatchObject({ state: 'waiting' });
      });

      it('breaks off those under way when the daemon stops, and leaves them as they were', async () => {
        const daemon = new AbortController();
        const worker = await place.queue({ signal: daemon.signal });
        const begun = defer();
        await worker.add(backup('one'));
        const stop = worker.work(
          noting([], job => {
            begun.resolve();
            return new Promise((_, reject) => job.signal.addEventListener('abort', () => reject(job.signal.reason)));
          }),
          { concurrency: 1 },
        );
        await begun.promise;
        daemon.abort(new Failure('interrupted', 'the daemon stops'));
        await stop();
        const now = place.clock.now();
        expect(await place.row('one')).toMatchObject({ state: 'waiting', attempts: 0, run_at: now, error_code: null });
      });

      it('goes on after the store could not be asked', async () => {
        const inner = await place.store.another();
        let isOut = false;
        const flaky: Store = {
          ...inner,
          commit: async steps => {
            if (isOut) throw new Failure('unreachable', 'the store is gone');
            return inner.commit(steps);
          },
        };
        await queue.add(backup('one'));
        isOut = true;
        const worker = await place.queue({ store: flaky });
        const keys: string[] = [];
        const stop = worker.work(noting(keys), { concurrency: 1 });
        await eventually(() => expect(place.logged).toContain('error the store cannot be asked for jobs'));
        expect(keys).toEqual([]);
        isOut = false;
        await eventually(async () => {
          await place.clock.advance(5000);
          expect(keys).toEqual(['one']);
        });
        await stop();
      });

      it('never has two of them hold one job: four of them, 1,000 jobs', { timeout: 60_000 }, async () => {
        const adding = Array.from({ length: 1000 }, (_, index) => queue.adding(backup(`job-${index}`)));
        await place.store.commit(adding);
        const runs = new Map<string, number>();
        const underWay = new Set<string>();
        const heldTwice: string[] = [];
        const stops = await Promise.all(
          [1, 2, 3, 4].map(async () => {
            const worker = await place.queue({ clock: { ...realClock, now: place.clock.now } });
            return worker.work(
              noting([], async ({ key }) => {
                if (underWay.has(key)) heldTwice.push(key);
                underWay.add(key);
                runs.set(key, (runs.get(key) ?? 0) + 1);
                await new Promise(setImmediate);
                underWay.delete(key);
              }),
              { concurrency: 10 },
            );
          }),
        );
        queue.wake();
        await eventually(() => expect(runs.size).toBe(1000), 50_000);
        await Promise.all(stops.map(stop => stop()));
        expect(heldTwice).toEqual([]);
        expect([...runs.values()].every(count => count === 1)).toBe(true);
        expect(await queue.counts()).toEqual({ waiting: 0, active: 0, failed: 0 });
        const rows = await place.store.db.selectFrom('jobs').select(['fence', 'state']).execute();
        expect(rows.every(row => row.fence === 1 && row.state === 'done')).toBe(true);
      });
    });

    it('removes what has been done for a week, and keeps what is dead', async () => {
      const steps = Array.from({ length: 700 }, (_, index) => queue.adding(backup(`job-${index}`)));
      await place.store.commit([...steps, queue.adding(backup('dead'))]);
      const { db } = place.store;
      const end = (state: 'done' | 'dead') => db.updateTable('jobs').set({ state, finished: place.clock.now() });
      await place.store.commit([
        { query: end('done').where('unique_key', '!=', 'dead') },
        { query: end('dead').where('unique_key', '=', 'dead') },
      ]);
      const week = 7 * 24 * 3_600_000;
      await place.clock.advance(week);
      await queue.drain(noting([]));
      expect(await place.row('job-0')).toBeDefined();
      await place.clock.advance(3_600_000);
      await queue.drain(noting([]));
      const rows = await db.selectFrom('jobs').select('unique_key').execute();
      expect(rows.map(row => row.unique_key)).toEqual(['dead']);
    });
  });
}
