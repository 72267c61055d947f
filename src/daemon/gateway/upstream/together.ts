import type { Clock } from '../../../core/world.ts';
import { hasSecrets } from './collections.ts';
import type { Found, SharedProject } from './shared.ts';
import type { Asker, Reading, SharedReading } from './upstream.ts';

export interface TogetherOptions {
  /** Reads a collection whole. */
  readonly list: (collection: string, asker: Asker) => Promise<Reading>;
  readonly clock: Pick<Clock, 'now' | 'sleep'>;
  readonly shared: Pick<SharedProject, 'epoch' | 'find' | 'release' | 'put'> | undefined;
}

/** How a collection may be read. */
export interface Wish {
  /** By this daemon itself, from now on. */
  readonly fresh: boolean;
  /** How old one of so many pages may be, in milliseconds. */
  readonly life: (pages: number) => number;
}

/** A reading, and whether another daemon has made it. */
export interface Read extends SharedReading {
  readonly isBorrowed: boolean;
}

/** Reads a collection whole, as it is at the time of the call or was within its life since the last change. */
export type ReadTogether = (collection: string, asker: Asker, wish: Wish) => Promise<Read>;

/** Milliseconds between two looks for what another daemon is reading, and how long it is waited for at all: it may have to wait for its turn, or what says that it reads may be none of its doing. */
const [pause, patience] = [100, 3_000];

/** Reads for all daemons: one of them asks Hetzner, the others take what it was told. */
export function createTogether({ list, clock, shared }: TogetherOptions): ReadTogether {
  const read = async (collection: string, asker: Asker): Promise<Read> => {
    const reading = await list(collection, asker);
    return { ...reading, at: clock.now(), isBorrowed: false };
  };

  return async (collection, asker, { fresh, life }) => {
    if (!shared || hasSecrets(collection)) return read(collection, asker);
    const until = clock.now() + patience;
    for (;;) {
      // Known before anything is read, so that what is changed meanwhile makes it one of an epoch that has passed.
      const epoch = await shared.epoch(collection);
      if (epoch === undefined) return read(collection, asker);
      const { found, isClaimed }: Found = fresh ? {} : await shared.find(collection, epoch, asker.urgency);
      try {
        if (found && isYoung(found, life(found.pages), clock.now())) return borrow(found, clock.now());
        if (fresh || isClaimed || clock.now() >= until) {
          const reading = await read(collection, asker);
          await shared.put(collection, epoch, reading, life(reading.pages));
          return reading;
        }
      } finally {
        if (isClaimed) await shared.release(collection, epoch, asker.urgency);
      }
      await clock.sleep(pause);
    }
  };
}

/** Whether it was read within its life. */
export function isYoung({ at }: Pick<SharedReading, 'at'>, life: number, now: number): boolean {
  return now - at < life;
}

/** As the clock of this host has it: one that is behind that of who has read it would keep it for longer. */
function borrow(reading: SharedReading, now: number): Read {
  return { ...reading, at: Math.min(reading.at, now), isBorrowed: true };
}
