import { describe, expect, it } from 'vitest';
import { Failure } from '../../src/core/failure.ts';
import type { Handler, Job } from '../../src/core/queue/queue.ts';
import { type At, backup, handlersOf, noting } from './queue-place.ts';

/** What a queue promises of jobs that are added. */
export function promisesOfAdding(at: At): void {
  describe('of jobs that are added', () => {
    it('takes the same key twice for one job, also at the same time and after it has ended', async () => {
      const { queue } = at;
      const other = await at.place.queue();
      const keys: string[] = [];
      await Promise.all([queue, other, queue, other].map(each => each.add(backup('one'))));
      expect(await at.queue.drain(noting(keys))).toBe(1);
      await other.add(backup('one'));
      expect(await other.drain(noting(keys))).toBe(0);
      expect(keys).toEqual(['one']);
    });

    it('gives a job its payload, key and name', async () => {
      const jobs: Job[] = [];
      await at.queue.add({ name: 'prune', payload: { schedule: 7, server: 42 }, key: 'prune ü:1' });
      await at.queue.drain(handlersOf({ prune: async job => void jobs.push(job) }));
      expect(jobs).toMatchObject([
        { key: 'prune ü:1', name: 'prune', payload: { schedule: 7, server: 42 }, attempts: 0 },
      ]);
    });

    it('begins none before its time', async () => {
      const keys: string[] = [];
      await at.queue.add(backup('later', { runAt: at.place.clock.now() + 5000 }));
      await at.place.clock.advance(4999);
      expect(await at.queue.drain(noting(keys))).toBe(0);
      await at.place.clock.advance(1);
      expect(await at.queue.drain(noting(keys))).toBe(1);
    });

    it('handles those that are due in the order of their times, one after the other', async () => {
      const now = at.place.clock.now();
      const keys: string[] = [];
      for (const [key, before] of Object.entries({ c: 0, a: 2000, b: 1000, d: 0 })) {
        await at.queue.add(backup(key, { runAt: now - before }));
      }
      let [underWay, most] = [0, 0];
      const handled = await at.queue.drain(
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
      await at.queue.add(backup('first'));
      const next: Handler<'backup'> = async job => (job.key === 'first' ? at.queue.add(backup('second')) : undefined);
      expect(await at.queue.drain(noting(keys, next))).toBe(2);
    });

    it('adds nothing in a commit that is undone, and the job in one that is not', async () => {
      const { store } = at.place;
      const meta = (value: string) => ({ query: store.db.insertInto('meta').values({ name: 'x', value }) });
      const failing = { query: store.db.updateTable('meta').set({ value: '2' }).where('name', '=', 'y'), changes: 1 };
      expect(await store.commit([at.queue.adding(backup('one')), failing])).toBeUndefined();
      expect(await at.place.row('one')).toBeUndefined();
      expect(await store.commit([meta('1'), at.queue.adding(backup('one'))])).toEqual([1, 1]);
      expect(await store.commit([at.queue.adding(backup('one'))])).toEqual([0]);
      expect(await at.queue.drain(noting([]))).toBe(1);
    });

    it('refuses a key that no store could keep, and a time that is none', () => {
      expect(() => at.queue.adding(backup('x'.repeat(256)))).toThrow(
        'the key of a job of the name backup has 256 bytes',
      );
      expect(() => at.queue.adding(backup(''))).toThrow('0 bytes');
      expect(() => at.queue.adding(backup('x', { runAt: Number.NaN }))).toThrow('no time: NaN');
    });

    it('counts those that wait, are under way and have failed for good', async () => {
      for (const key of ['a', 'b', 'c']) await at.queue.add(backup(key));
      await at.queue.add(backup('later', { runAt: at.place.clock.now() + 60_000 }));
      const counts: unknown[] = [];
      await at.queue.drain(
        noting([], async ({ key }) => {
          counts.push(await at.queue.counts());
          if (key === 'b') throw new Failure('refused', 'no');
        }),
      );
      expect(counts).toEqual([
        { waiting: 3, active: 1, failed: 0 },
        { waiting: 2, active: 1, failed: 0 },
        { waiting: 1, active: 1, failed: 1 },
      ]);
      expect(await at.queue.counts()).toEqual({ waiting: 1, active: 0, failed: 1 });
    });
  });

  it('removes what has been done for a week, and keeps what is dead', async () => {
    const steps = Array.from({ length: 700 }, (_, index) => at.queue.adding(backup(`job-${index}`)));
    await at.place.store.commit([...steps, at.queue.adding(backup('dead'))]);
    const { db } = at.place.store;
    const end = (state: 'done' | 'dead') => db.updateTable('jobs').set({ state, finished: at.place.clock.now() });
    await at.place.store.commit([
      { query: end('done').where('unique_key', '!=', 'dead') },
      { query: end('dead').where('unique_key', '=', 'dead') },
    ]);
    const week = 7 * 24 * 3_600_000;
    await at.place.clock.advance(week);
    await at.queue.drain(noting([]));
    expect(await at.place.row('job-0')).toBeDefined();
    await at.place.clock.advance(3_600_000);
    await at.queue.drain(noting([]));
    const rows = await db.selectFrom('jobs').select('unique_key').execute();
    expect(rows.map(row => row.unique_key)).toEqual(['dead']);
  });
}
