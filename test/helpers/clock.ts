import type { Clock } from '../../src/core/world.ts';

/** A clock that stands until `advance`; with `auto` every sleep ends at once and moves the time on by its length. */
export interface FakeClock extends Clock {
  advance(ms: number): Promise<void>;
  /** Every length slept so far, in order. */
  readonly slept: readonly number[];
}

interface Sleeper {
  readonly until: number;
  readonly wake: () => void;
}

/** A fake clock; by default sleeping returns at once and advances it, so that waits take no real time. */
export function fakeClock(start = Date.parse('2026-11-23T08:00:00Z'), options: { auto?: boolean } = {}): FakeClock {
  const auto = options.auto ?? true;
  let now = start;
  let sleepers: Sleeper[] = [];
  const slept: number[] = [];
  return {
    slept,
    now: () => now,
    async sleep(ms, signal) {
      signal?.throwIfAborted();
      slept.push(ms);
      if (auto) {
        now += ms;
        await new Promise(setImmediate);
        signal?.throwIfAborted();
        return;
      }
      await new Promise<void>((resolve, reject) => {
        const stop = () => reject(signal!.reason);
        const wake = () => {
          signal?.removeEventListener('abort', stop);
          resolve();
        };
        sleepers.push({ until: now + ms, wake });
        signal?.addEventListener('abort', stop, { once: true });
      });
    },
    async advance(ms) {
      now += ms;
      const due = sleepers.filter(sleeper => sleeper.until <= now);
      sleepers = sleepers.filter(sleeper => sleeper.until > now);
      for (const sleeper of due) sleeper.wake();
      await new Promise(setImmediate);
    },
  };
}
