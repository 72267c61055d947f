import { beforeEach, describe, expect, it } from 'vitest';
import { createClaims, type Found } from '../../../src/core/queue/claim.ts';
import { gatherWrites } from '../../../src/core/queue/gather.ts';
import { openStoreQueue } from '../../../src/core/queue/store.ts';
import type { Store } from '../../../src/core/store/store.ts';
import type { JobRow } from '../../../src/core/store/tables.ts';
import { atPlace, backup, defer, noting } from '../../contract/queue-place.ts';
import { stores } from '../../helpers/stores.ts';

describe.each(stores)('claims on $name', backEnd => {
  const at = atPlace(backEnd, openStoreQueue);
  let now: number;
  const claimsOf = (worker: string) =>
    createClaims({ store: at.place.store, write: gatherWrites(at.place.store), worker, lease: 30_000 });
  const change = async (values: Partial<Omit<JobRow, 'id'>>, key = 'one') => {
    const { db } = at.place.store;
    expect(
      await at.place.store.commit([{ query: db.updateTable('jobs').set(values).where('unique_key', '=', key) }]),
    ).toEqual([1]);
  };
  const find = async () => (await claimsOf('a').findDue({ now, limit: 10 })).rows;
  beforeEach(async () => {
    now = at.place.clock.now();
    await at.queue.add(backup('one'));
  });

  /** What was found of a job whose lease had run out. */
  const findLapsed = async (): Promise<readonly Found[]> => {
    await change({ state: 'active', worker: 'slow', fence: 4, lease_until: now - 1 });
    const rows = await find();
    expect(rows).toHaveLength(1);
    return rows;
  };

  it('are given to one of those who have found the same job', async () => {
    const rows = await find();
    const claims = [claimsOf('a'), claimsOf('b'), claimsOf('c')];
    const claimed = (await Promise.all(claims.map(each => each.claim(rows, now)))).flat();
    expect(claimed).toMatchObject([{ unique_key: 'one', fence: 1, lease_until: now + 30_000 }]);
  });

  it.each<[string, Partial<Omit<JobRow, 'id'>>]>([
    ['another has claimed and given back', { fence: 1, run_at: 0 }],
    ['a person has dropped', { state: 'done' }],
  ])('are not given of a waiting job that %s meanwhile', async (_, values) => {
    const rows = await find();
    await change(values);
    expect(await claimsOf('a').claim(rows, now)).toEqual([]);
  });

  it.each<[string, (time: number) => Partial<Omit<JobRow, 'id'>>]>([
    ['was renewed', time => ({ lease_until: time + 30_000 })],
    ['was settled', () => ({ state: 'done', lease_until: null, worker: null })],
    ['is to be called again later', () => ({ state: 'waiting', lease_until: null, worker: null })],
    ['another has claimed, whose lease has run out too', time => ({ fence: 5, lease_until: time - 1 })],
  ])('are not given of a lapsed job that %s meanwhile', async (_, values) => {
    const rows = await findLapsed();
    await change(values(now));
    expect(await claimsOf('a').claim(rows, now)).toEqual([]);
  });

  it('are given of a lapsed job, with a higher fence', async () => {
    expect(await claimsOf('a').claim(await findLapsed(), now)).toMatchObject([{ fence: 5 }]);
    expect(await at.place.row('one')).toMatchObject({ state: 'active', worker: 'a', fence: 5 });
  });

  it('find those that wait and those that have lapsed in the order of their times, and say when the next is due', async () => {
    await change({ run_at: now - 10 });
    await at.queue.add(backup('lapsed', { runAt: now - 20 }));
    await change({ state: 'active', worker: 'slow', lease_until: now - 1 }, 'lapsed');
    await at.queue.add(backup('later', { runAt: now + 700 }));
    const { rows, next } = await claimsOf('a').findDue({ now, limit: 3 });
    expect([rows.map(row => row.unique_key), next]).toEqual([['lapsed', 'one'], now + 700]);
    const graced = await claimsOf('a').findDue({ now, limit: 3, grace: 15 });
    expect([graced.rows.map(row => row.unique_key), graced.next]).toEqual([['lapsed'], now + 5]);
  });

  it('find one by its id, while it may be claimed', async () => {
    const { id } = (await at.place.row('one'))!;
    const findOne = () => claimsOf('a').findOne(id, now);
    expect(await findOne()).toMatchObject({ unique_key: 'one' });
    await change({ run_at: now + 1 });
    expect(await findOne()).toBeUndefined();
    await findLapsed();
    expect(await findOne()).toMatchObject({ fence: 4 });
    await change({ lease_until: now });
    expect(await findOne()).toBeUndefined();
    await change({ state: 'done' });
    expect(await findOne()).toBeUndefined();
    expect(await claimsOf('a').findOne(id + 1000, now)).toBeUndefined();
  });

  it('are given back by a worker that is stopped while it claims', async () => {
    const { store } = at.place;
    const [claimed, go] = [defer(), defer()];
    const slow: Store = {
      ...store,
      async commit(steps) {
        const changed = await store.commit(steps);
        claimed.resolve();
        await go.promise;
        return changed;
      },
    };
    const worker = await at.place.queue({ store: slow });
    const keys: string[] = [];
    const stop = worker.work(noting(keys), { concurrency: 1 });
    await claimed.promise;
    expect(await at.place.row('one')).toMatchObject({ state: 'active' });
    const stopped = stop();
    go.resolve();
    await stopped;
    expect(keys).toEqual([]);
    expect(await at.place.row('one')).toMatchObject({ state: 'waiting', attempts: 0, run_at: now });
  });
});
