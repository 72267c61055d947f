import { describe, expect, it, onTestFinished } from 'vitest';
import { holdPolling } from '../../../src/daemon/metrics/lease.ts';
import { stores } from '../../helpers/stores.ts';

describe.each(stores)('who asks for metrics on $name', ({ name, open }) => {
  it(
    name === 'SQLite'
      ? 'is the one daemon that there is'
      : 'is one of the daemons, and another when that one is silent',
    async () => {
      const store = await open();
      onTestFinished(() => store.close());
      const both = async (now: number) => [await holdPolling(store, 'one', now), await holdPolling(store, 'two', now)];
      if (name === 'SQLite') return expect(await both(1000)).toEqual([true, true]);
      expect(await both(1000)).toEqual([true, false]);
      expect(await both(50_000)).toEqual([true, false]);
      expect(await holdPolling(store, 'two', 120_000)).toBe(true);
      expect(await both(120_001)).toEqual([false, true]);
    },
  );

  it('is one even when both try at once', async () => {
    if (name === 'SQLite') return;
    const store = await open();
    onTestFinished(() => store.close());
    const answers = await Promise.all([1, 2, 3, 4].map(me => holdPolling(store, String(me), 1000)));
    expect(answers.filter(Boolean)).toHaveLength(1);
  });
});
