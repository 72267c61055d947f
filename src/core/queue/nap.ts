import type { Clock } from '../world.ts';

/** A sleep that can be ended. */
export interface Nap {
  /** Resolves after `ms` milliseconds, or when `wake` is called; at once when it was called since the last rest. */
  rest(ms: number): Promise<void>;
  wake(): void;
}

/** A sleep by `clock` that can be ended. */
export function createNap(clock: Clock): Nap {
  let isWoken = false;
  let current: AbortController | undefined;
  return {
    async rest(ms) {
      if (!isWoken) {
        current = new AbortController();
        const { signal } = current;
        await clock.sleep(ms, signal).catch(error => {
          if (!signal.aborted) throw error;
        });
        current = undefined;
      }
      isWoken = false;
    },
    wake() {
      isWoken = true;
      current?.abort();
    },
  };
}
