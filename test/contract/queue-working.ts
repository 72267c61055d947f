import { describe, expect, it } from 'vitest';
import { Failure } from '../../src/core/failure.ts';
import type { Job } from '../../src/core/queue/queue.ts';
import type { Store } from '../../src/core/store/store.ts';
import { type At, backup, defer, eventually, noting, realClock } from './queue-place.ts';

/** What a queue promises of workers. */
export function promisesOfWorking(at: At): void {
  describe('with workers', () => {
    it('begins at once what was added in a commit, when it is woken', async () => {
      const keys: string[] = [];
      const stop = at.queue.work(noting(keys), { concurrency: 2 });
      await at.place.store.commit([at.queue.adding(backup('one'))]);
      at.queue.wake();
      await eventually(() => expect(keys).toEqual(['one']));
      await stop();
    });

    it('begins a job when it is due', async () => {
      const keys: string[] = [];
      await at.queue.add(backup('soon', { runAt: at.place.clock.now() + 300 }));
      const stop = at.queue.work(noting(keys), { concurrency: 2 });
      await eventually(() => expect(at.place.clock.slept.some(ms => ms === 300 || ms === 2300)).toBe(true));
      await at.place.clock.advance(299);
      expect(keys).toEqual([]);
      await at.place.clock.advance(1);
      await eventually(() => expect(keys).toEqual(['soon']));
      await stop();
    });

    it('has no more under way than it was told', async () => {
      for (let index = 0; index < 12; index++) await at.queue.add(backup(`job-${index}`));
      let [underWay, most] = [0, 0];
      const three = defer();
      const keys: string[] = [];
      const stop = at.queue.work(
        noting(keys, async () => {
          underWay += 1;
          most = Math.max(most, underWay);
          if (underWay === 3) three.resolve();
          await three.promise;
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
      await at.queue.add(backup('one'));
      const stop = at.queue.work(
        noting([], async job => {
          begun.resolve(job);
          await go.promise;
        }),
        { concurrency: 1 },
      );
      const job = await begun.promise;
      const other = await at.place.queue();
      /** The worker rests before it renews for the nth time. */
      const rested = (turn: number) =>
        eventually(() => expect(at.place.clock.slept.filter(ms => ms === 10_000)).toHaveLength(turn));
      for (let turn = 1; turn <= 5; turn++) {
        await rested(turn);
        await at.place.clock.advance(10_000);
        const until = at.place.clock.now() + 30_000;
        await eventually(async () => expect((await at.place.row('one'))!.lease_until).toBe(until));
        expect(await other.drain(noting([]))).toBe(0);
      }
      expect(job.signal.aborted).toBe(false);
      const stolen = { fence: 9, worker: 'thief', lease_until: at.place.clock.now() + 60_000 };
      await at.place.store.commit([{ query: at.place.store.db.updateTable('jobs').set(stolen) }]);
      await rested(6);
      await at.place.clock.advance(10_000);
      await eventually(() => expect(job.signal.aborted).toBe(true));
      expect(job.signal.reason).toMatchObject({ code: 'conflict' });
      expect(await at.place.store.commit([job.held()])).toBeUndefined();
      go.resolve();
      await stop();
      expect(await at.place.row('one')).toMatchObject({ ...stolen, state: 'active' });
    });

    it('lets those under way finish when it is stopped, and begins no more', async () => {
      const [begun, go] = [defer(), defer()];
      await at.queue.add(backup('one'));
      const keys: string[] = [];
      const stop = at.queue.work(
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
      await at.queue.add(backup('two'));
      await at.place.row('two');
      expect(isStopped).toBe(false);
      go.resolve();
      await stopped;
      expect(keys).toEqual(['one']);
      expect(await at.place.row('one')).toMatchObject({ state: 'done' });
      expect(await at.place.row('two')).toMatchObject({ state: 'waiting' });
    });

    it('breaks off those under way when the daemon stops, and leaves them as they were', async () => {
      const daemon = new AbortController();
      const worker = await at.place.queue({ signal: daemon.signal });
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
      const now = at.place.clock.now();
      expect(await at.place.row('one')).toMatchObject({ state: 'waiting', attempts: 0, run_at: now, error_code: null });
    });

    it('goes on after the store could not be asked', async () => {
      const inner = at.place.store;
      let isOut = false;
      const flaky: Store = {
        ...inner,
        commit: async steps => {
          if (isOut) throw new Failure('unreachable', 'the store is gone');
          return inner.commit(steps);
        },
      };
      await at.queue.add(backup('one'));
      isOut = true;
      const worker = await at.place.queue({ store: flaky });
      const keys: string[] = [];
      const stop = worker.work(noting(keys), { concurrency: 1 });
      await eventually(() => expect(at.place.logged).toContain('error the store cannot be asked for jobs'));
      expect(keys).toEqual([]);
      isOut = false;
      await eventually(async () => {
        await at.place.clock.advance(5000);
        expect(keys).toEqual(['one']);
      });
      await stop();
    });

    it('never has two of them hold one job: four of them, 1,000 jobs', { timeout: 60_000 }, async () => {
      const adding = Array.from({ length: 1000 }, (_, index) => at.queue.adding(backup(`job-${index}`)));
      await at.place.store.commit(adding);
      const runs = new Map<string, number>();
      const underWay = new Set<string>();
      const heldTwice: string[] = [];
      const stops = await Promise.all(
        [1, 2, 3, 4].map(async () => {
          const worker = await at.place.queue({ clock: realClock });
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
      at.queue.wake();
      await eventually(() => expect(runs.size).toBe(1000), 50_000);
      await Promise.all(stops.map(stop => stop()));
      expect(heldTwice).toEqual([]);
      expect([...runs.values()].every(count => count === 1)).toBe(true);
      expect(await at.queue.counts()).toEqual({ waiting: 0, active: 0, failed: 0 });
      const rows = await at.place.store.db.selectFrom('jobs').select(['fence', 'state']).execute();
      expect(rows.every(row => row.fence === 1 && row.state === 'done')).toBe(true);
    });
  });
}
