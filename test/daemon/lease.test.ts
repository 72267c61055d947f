import { describe, expect, it, onTestFinished } from 'vitest';
import { holdLease } from '../../src/daemon/lease.ts';
import { stores } from '../helpers/stores.ts';

const lease = { name: 'a/lease', length: 60_000 };

describe.each(stores)('who holds a lease on $name', ({ name, open }) => {
  it(
    name === 'SQLite'
      ? 'is the one daemon that there is'
      : 'is one of the daemons, and another when that one is silent',
    async () => {
      const store = await open();
      onTestFinished(() => store.close());
      const both = async (now: number) => [
        await holdLease(store, lease, 'one', now),
        await holdLease(store, lease, 'two', now),
      ];
      if (name === 'SQLite') return expect(await both(1000)).toEqual([true, true]);
      expect(await both(1000)).toEqual([true, false]);
      expect(await both(50_000)).toEqual([true, false]);
      expect(await holdLease(store, lease, 'two', 120_000)).toBe(true);
      expect(await both(120_001)).toEqual([false, true]);
    },
  );

  it('is one even when both try at once', async () => {
    if (name === 'SQLite') return;
    const store = await open();
    onTestFinished(() => store.close());
    const answers = await Promise.all([1, 2, 3, 4].map(me => holdLease(store, lease, String(me), 1000)));
    expect(answers.filter(Boolean)).toHaveLength(1);
  });
});
