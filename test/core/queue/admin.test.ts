import { describe, expect, it } from 'vitest';
import { Failure } from '../../../src/core/failure.ts';
import { countJobs, describeJob, dropJob, listJobs, retryJob } from '../../../src/core/queue/admin.ts';
import { openQueue } from '../../../src/core/queue/open.ts';
import { atPlace, backup, handlersOf, noting } from '../../contract/queue-place.ts';
import { stores } from '../../helpers/stores.ts';

describe.each(stores)('the administration of jobs on $name', backEnd => {
  const at = atPlace(backEnd, openQueue);

  /** One job dead, one waiting, one done. */
  const prepare = async () => {
    const { queue, place } = at;
    for (const key of ['dead', 'done']) await queue.add(backup(key));
    await queue.add({ name: 'reconcile', payload: {}, key: 'waiting', runAt: place.clock.now() + 60_000 });
    await queue.drain(
      handlersOf({
        backup: async ({ key }) => {
          if (key === 'dead') throw new Failure('refused', 'over the limit');
        },
      }),
    );
    return async (key: string) => (await place.row(key))!.id;
  };

  it('lists them by state and key, the newest first and in pages', async () => {
    const id = await prepare();
    const list = async (filter: Partial<Parameters<typeof listJobs>[1]> = {}) => {
      const { rows, total } = await listJobs(at.place.store, { limit: 10, offset: 0, ...filter });
      return [rows.map(row => row.unique_key), total];
    };
    expect(await list()).toEqual([['waiting', 'done', 'dead'], 3]);
    expect(await list({ ascending: true })).toEqual([['dead', 'done', 'waiting'], 3]);
    expect(await list({ states: ['dead', 'done'] })).toEqual([['done', 'dead'], 2]);
    expect(await list({ key: 'done' })).toEqual([['done'], 1]);
    expect(await list({ limit: 1 })).toEqual([['waiting'], 3]);
    expect(await list({ limit: 1, offset: 1 })).toEqual([['done'], 3]);
    expect(await describeJob(at.place.store, await id('dead'))).toMatchObject({
      unique_key: 'dead',
      error_code: 'refused',
      error_message: 'over the limit',
    });
  });

  it('has a dead one tried again as if it had never failed', async () => {
    const id = await prepare();
    const now = at.place.clock.now();
    expect(await retryJob(at.place.store, await id('dead'), now)).toMatchObject({
      state: 'waiting',
      attempts: 0,
      run_at: now,
      error_code: null,
      finished: null,
    });
    const keys: string[] = [];
    expect(await at.queue.drain(noting(keys))).toBe(1);
    expect(keys).toEqual(['dead']);
  });

  it('drops a waiting or dead one, whose key stays taken', async () => {
    const id = await prepare();
    for (const key of ['dead', 'waiting']) {
      expect(await dropJob(at.place.store, await id(key), at.place.clock.now())).toMatchObject({ state: 'done' });
    }
    expect(await countJobs(at.place.store)).toEqual({ waiting: 0, active: 0, failed: 0 });
    await at.queue.add(backup('dead'));
    await at.place.clock.advance(60_000);
    expect(await at.queue.drain(noting([]))).toBe(0);
  });

  it('leaves alone what is under way or done, and says what it is', async () => {
    const id = await prepare();
    const { store, clock } = at.place;
    const refusals: string[] = [];
    await at.queue.add(backup('active'));
    await at.queue.drain(
      noting([], async job => {
        for (const change of [retryJob, dropJob]) {
          refusals.push(await change(store, job.id, clock.now()).then(String, error => error.message));
        }
      }),
    );
    const [active, done] = [await id('active'), await id('done')];
    expect(refusals).toEqual([
      `job ${active} is active: only a dead one can be tried again`,
      `job ${active} is active: only a waiting or dead one can be dropped`,
    ]);
    await expect(dropJob(store, done, clock.now())).rejects.toMatchObject({ code: 'refused' });
    await expect(retryJob(store, await id('waiting'), clock.now())).rejects.toThrow('is waiting');
    for (const change of [retryJob, dropJob]) {
      await expect(change(store, 12_345, clock.now())).rejects.toMatchObject({ code: 'not_found' });
    }
  });
});
