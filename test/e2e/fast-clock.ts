import { realClock } from '../../src/core/real-world.ts';
import type { Clock } from '../../src/core/world.ts';

/** How many seconds pass in one. */
export const speed = 60;

// 2026-01-01: the same in every process, so that their clocks agree.
const begin = Date.UTC(2026, 0, 1);

/** A clock that goes `speed` times as fast as the real one, the same in every process. */
export function fastClock(): Clock {
  return {
    now: () => begin + (Date.now() - begin) * speed,
    sleep: (ms, signal) => realClock.sleep(ms / speed, signal),
  };
}
