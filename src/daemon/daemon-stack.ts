import type { Log } from '../core/log.ts';
import type { Clock } from '../core/world.ts';

/** What has been started, to be stopped in the opposite order. */
export interface Stack {
  /** Notes what stops the part that has just been started. */
  push(name: string, stop: () => Promise<void> | void): void;
  /** Stops everything, last started first; a part that fails or takes too long is told of and left behind. Takes `patience` milliseconds and a little for each part after that at most. */
  unwind(patience: number): Promise<void>;
}

// Even when no time is left, each part that only has to close may do so.
const least = 500;

/** Nothing is started at first. */
export function createStack(log: Log, clock: Pick<Clock, 'now'>): Stack {
  const started: { readonly name: string; readonly stop: () => Promise<void> | void }[] = [];
  return {
    push: (name, stop) => void started.push({ name, stop }),
    async unwind(patience) {
      const deadline = clock.now() + patience;
      for (let last = started.pop(); last; last = started.pop()) {
        const { name, stop } = last;
        try {
          const isDone = await within(Math.max(least, deadline - clock.now()), stop);
          if (!isDone) log.warn('cut off', { part: name });
        } catch (error) {
          log.error('could not be stopped in order', { part: name, error });
        }
      }
    },
  };
}

/** True when the work ended in so many milliseconds. */
async function within(ms: number, work: () => Promise<void> | void): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>(resolve => {
    timer = setTimeout(() => resolve(false), ms);
  });
  try {
    return await Promise.race([Promise.resolve(work()).then(() => true), late]);
  } finally {
    clearTimeout(timer);
  }
}
