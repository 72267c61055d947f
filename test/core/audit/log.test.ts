import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { readRows } from '../../../src/core/audit/log.ts';
import { readEntries } from '../../../src/core/audit/read.ts';
import type { Store } from '../../../src/core/store/store.ts';
import { fakeClock } from '../../helpers/clock.ts';
import { stores, type TestStore } from '../../helpers/stores.ts';
import { anyEntry, entry, logIn, newKey } from './entries.ts';

async function rowsOf(store: Store) {
  const rows = [];
  for await (const row of readRows(store)) rows.push(row);
  return rows;
}

describe.each(stores)('the audit log on $name', ({ open }) => {
  let store: TestStore;
  const opened = async () => {
    store = await open();
    return store;
  };
  afterEach(() => store.close());

  it('numbers entries without a gap and gives the numbers back, however many callers there are at once', async () => {
    const log = logIn(await opened());
    const numbers = await Promise.all(Array.from({ length: 300 }, (_, index) => log.commit([entry(`s${index}`)])));
    expect(numbers.flat().sort((a, b) => a! - b!)).toEqual(Array.from({ length: 300 }, (_, index) => index + 1));
    for (const [index, [seq]] of numbers.entries() as ArrayIterator<[number, number[]]>) {
      const row = await store.db.selectFrom('audit').selectAll().where('seq', '=', seq!).executeTakeFirstOrThrow();
      expect(row.target_name).toBe(`s${index}`);
    }
    expect(await log.verify()).toMatchObject({ intact: true, entries: 300, faults: [] });
  });

  it('is one chain where several processes write to one store', async () => {
    await opened();
    const key = newKey();
    const logs = await Promise.all([1, 2, 3].map(async () => logIn(await store.another(), key)));
    const writes = Array.from({ length: 40 }, (_, index) =>
      logs.map((log, which) =>
        log.commit([entry(`p${which}-${index}`), entry(`p${which}-${index}`, { result: 'failed' })]),
      ),
    );
    await Promise.all(writes.flat());
    const rows = await rowsOf(store);
    expect(new Set(rows.map(row => row.target_name)).size).toBe(120);
    expect(rows).toHaveLength(240);
    expect(await logs[0]!.verify()).toMatchObject({ intact: true, entries: 240 });
  });

  it('commits entries with the writes they belong to, or neither', async () => {
    const log = logIn(await opened());
    const insert = (name: string) => ({ query: store.db.insertInto('meta').values({ name, value: '1' }), changes: 1 });
    expect(await log.commit([entry('a')], [insert('x')])).toEqual([1]);
    const [again, other] = await Promise.all([
      log.commit([entry('b')], [insert('x')]),
      log.commit([entry('c')], [insert('y')]),
    ]);
    expect(again).toBeUndefined();
    expect(other).toHaveLength(1);
    expect((await rowsOf(store)).map(row => row.target_name)).toEqual(['a', 'c']);
    expect(await log.verify()).toMatchObject({ intact: true });
  });

  it('takes any text and any difference, and finds them as they were', async () => {
    const log = logIn(await opened());
    await fc.assert(
      fc.asyncProperty(fc.array(anyEntry, { minLength: 1, maxLength: 20 }), async entries => {
        await log.commit(entries);
      }),
      { numRuns: 50 },
    );
    expect(await log.verify()).toMatchObject({ intact: true, faults: [] });
  });

  it('is signed each 1,000 entries and each hour', async () => {
    const clock = fakeClock(undefined, { auto: false });
    const log = logIn(await opened(), newKey(), clock);
    const points = () => store.db.selectFrom('checkpoints').select('seq').orderBy('seq').execute();
    await log.commit(Array.from({ length: 999 }, () => entry('a')));
    expect(await points()).toEqual([]);
    await log.commit([entry('b')]);
    await log.commit([entry('c')]);
    expect(await points()).toEqual([{ seq: 1000 }]);
    await clock.advance(3_600_000);
    await log.commit([entry('d')]);
    await log.commit([entry('e')]);
    expect((await points()).map(({ seq }) => seq)).toEqual([1000, 1002]);
    expect(await log.verify()).toMatchObject({ intact: true, checkpoints: 2, newest: { seq: 1002 } });
  });

  it('refuses when the store cannot be written, and goes on when it can again', async () => {
    await opened();
    let isBroken = false;
    const commit: Store['commit'] = steps => (isBroken ? Promise.reject(new Error('disk full')) : store.commit(steps));
    const log = logIn({ ...store, commit });
    await log.commit([entry('a')]);
    isBroken = true;
    const refused = await Promise.allSettled([log.commit([entry('b')]), log.commit([entry('c')])]);
    expect(refused.map(one => one.status === 'rejected' && one.reason.message)).toEqual(['disk full', 'disk full']);
    isBroken = false;
    expect(await log.commit([entry('d')])).toEqual([2]);
    expect(await log.verify()).toMatchObject({ intact: true, entries: 2 });
  });

  it('enters nothing twice when a commit was done and its answer lost', async () => {
    await opened();
    let isLost = true;
    const commit: Store['commit'] = async steps => {
      const done = await store.commit(steps);
      if (!isLost) return done;
      isLost = false;
      throw new Error('connection lost');
    };
    const log = logIn({ ...store, commit });
    expect(await log.commit([entry('a')])).toEqual([1]);
    expect(await log.commit([entry('b')])).toEqual([2]);
    expect(await log.verify()).toMatchObject({ intact: true, entries: 2 });
  });

  it('is read newest first by actor, action, target, result and time, a page at a time', async () => {
    const clock = fakeClock(Date.parse('2026-11-25T10:00:00Z'), { auto: false });
    const log = logIn(await opened(), newKey(), clock);
    await log.commit([entry('a'), entry('b', { actor: 'eve', result: 'refused' })]);
    await clock.advance(60_000);
    await log.commit([entry('c', { action: 'backup.hold', target: { type: 'backup', id: 42 } })]);
    const ids = async (filters: Parameters<typeof readEntries>[1], page = { limit: 10, offset: 0, ascending: false }) =>
      (await readEntries(store, filters, page)).rows.map(row => row.id);
    expect(await ids({})).toEqual([3, 2, 1]);
    expect(await ids({ actor: 'eve' })).toEqual([2]);
    expect(await ids({ action: 'backup.hold' })).toEqual([3]);
    expect(await ids({ target: '42' })).toEqual([3]);
    expect(await ids({ target: 'a' })).toEqual([1]);
    expect(await ids({ result: ['refused', 'failed'] })).toEqual([2]);
    expect(await ids({ since: '2026-11-25T10:00:30Z' })).toEqual([3]);
    expect(await ids({}, { limit: 1, offset: 1, ascending: true })).toEqual([2]);
    expect(await ids({ limit: 2 })).toEqual([3, 2]);
    expect(await ids({ limit: 2 }, { limit: 1, offset: 2, ascending: false })).toEqual([]);
    expect((await readEntries(store, { limit: 2 }, { limit: 1, offset: 0, ascending: false })).total).toBe(2);
  });
});
