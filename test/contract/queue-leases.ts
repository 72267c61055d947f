import { describe, expect, it } from 'vitest';
import { Failure } from '../../src/core/failure.ts';
import type { Job } from '../../src/core/queue/queue.ts';
import type { Store } from '../../src/core/store/store.ts';
import { type At, backup, defer, eventually, handlersOf, noting } from './queue-place.ts';

/** What a queue promises when a worker dies, or is slow. */
export function promisesOfLeases(at: At): void {
  describe('whose worker may die', () => {
    /** A worker that claims the job and then does nothing until it is told to go on. */
    const hang = async (then: (job: Job<'backup'>) => Promise<void> = async () => {}) => {
      const [claimed, go] = [defer<Job<'backup'>>(), defer()];
      const worker = await at.place.queue({ worker: 'hanging' });
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
      await at.queue.add(backup('one'));
      const { go, drained } = await hang();
      const before = (await at.place.row('one'))!;
      expect(before).toMatchObject({ state: 'active', worker: 'hanging', fence: 1 });
      expect(before.lease_until).toBe(at.place.clock.now() + 30_000);
      await at.place.clock.advance(30_000);
      expect(await at.queue.drain(noting([]))).toBe(0);
      await at.place.clock.advance(1);
      const keys: string[] = [];
      expect(await at.queue.drain(noting(keys))).toBe(1);
      expect(await at.place.row('one')).toMatchObject({ state: 'done', fence: 2, attempts: 0 });
      go();
      await drained;
      expect(await at.place.row('one')).toMatchObject({ state: 'done', fence: 2 });
    });

    it('keeps what the first one does afterwards out of the store', async () => {
      await at.queue.add(backup('one'));
      const outcomes: unknown[] = [];
      const { go, drained } = await hang(async job => {
        const write = at.place.store.db.insertInto('meta').values({ name: 'late', value: '1' });
        outcomes.push(await at.place.store.commit([{ query: write }, job.held()]));
        outcomes.push(await job.renew().catch(error => error.code));
        throw new Failure('refused', 'late');
      });
      await at.place.clock.advance(30_001);
      const done = defer();
      const second = await at.place.queue();
      const taken = second.drain(noting([], () => done.promise));
      await eventually(async () => expect(await at.place.row('one')).toMatchObject({ fence: 2, state: 'active' }));
      go();
      await drained;
      expect(outcomes).toEqual([undefined, 'conflict']);
      expect(await at.place.row('one')).toMatchObject({ fence: 2, state: 'active', error_code: null });
      expect(await at.place.store.db.selectFrom('meta').select('name').where('name', '=', 'late').execute()).toEqual(
        [],
      );
      done.resolve();
      await taken;
      expect(await at.place.row('one')).toMatchObject({ fence: 2, state: 'done' });
      expect(at.place.logged).toContain('warn another worker has the job: what became of it here is not kept');
    });

    it('commits what is done while it is held', async () => {
      await at.queue.add(backup('one'));
      const changed: unknown[] = [];
      await at.queue.drain(
        handlersOf({ backup: async job => void changed.push(await at.place.store.commit([job.held(), job.held()])) }),
      );
      expect(changed).toEqual([[1, 1]]);
    });

    it('renews a lease that has not run out, also twice in the same moment', async () => {
      await at.queue.add(backup('one'));
      await at.queue.drain(
        noting([], async job => {
          await job.renew();
          await job.renew();
          await at.place.clock.advance(29_000);
          await job.renew();
          await at.place.clock.advance(30_000);
          await job.renew();
          expect((await at.place.row('one'))!.lease_until).toBe(at.place.clock.now() + 30_000);
        }),
      );
      expect(await at.place.row('one')).toMatchObject({ state: 'done', attempts: 0 });
    });

    it('refuses to renew a lease that has run out, although nobody has taken the job', async () => {
      await at.queue.add(backup('one'));
      const codes: unknown[] = [];
      await at.queue.drain(
        noting([], async job => {
          await at.place.clock.advance(30_001);
          await job.renew().catch(error => {
            codes.push(error.code, job.signal.aborted, job.signal.reason.code);
            throw error;
          });
        }),
      );
      expect(codes).toEqual(['conflict', true, 'conflict']);
      expect(await at.place.row('one')).toMatchObject({ state: 'waiting', attempts: 1, error_code: 'conflict' });
    });

    it('refuses to renew when the store has taken so long that the lease is nearly over', async () => {
      await at.queue.add(backup('one'));
      const inner = at.place.store;
      let isSlow = false;
      const slow: Store = {
        ...inner,
        async commit(steps) {
          const changed = await inner.commit(steps);
          if (isSlow) await at.place.clock.advance(10_001);
          return changed;
        },
      };
      const worker = await at.place.queue({ store: slow });
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
}
