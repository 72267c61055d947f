import type { Claims, Found } from './claim.ts';
import type { Runner, Running } from './handle.ts';
import { createNap } from './nap.ts';
import type { Slots } from './slots.ts';

/** How eagerly the store is asked for jobs; in milliseconds, asked for before each look. */
export interface Pace {
  /** The longest time between two looks. */
  readonly every: number;
  /** How long a job must have been due to be taken. */
  readonly grace: number;
}

/** What the loop works with. */
export interface Means {
  readonly claims: Claims;
  readonly slots: Slots;
  readonly pace: () => Pace;
  readonly clean: () => Promise<void>;
}

/** A loop that takes jobs from the store. */
export interface Work {
  /** Has it look at once. */
  wake(): void;
  /** Ends it when the jobs under way, here and wherever else `slots` were taken, have ended. */
  stop(): Promise<void>;
}

/** Claims what is due, as much as there are slots, and runs it; renews the leases of all that `running` has under way. Both go on after errors of the store. */
export function startWork(runner: Runner, running: Running, { claims, slots, pace, clean }: Means): Work {
  const { clock, log, signal, lease } = runner;
  const nap = createNap(clock);
  const leases = createNap(clock);
  let isOver = false;
  let isStopping = false;
  let isFull = false;
  let isFailing = false;

  const begin = async (row: Found) => {
    await running.run(row);
    slots.give();
    if (isFull) nap.wake();
  };

  /** One look; how long to rest until the next. */
  const look = async (): Promise<number> => {
    const { every, grace } = pace();
    const limit = slots.free;
    isFull = limit === 0;
    if (isFull) return every;
    const now = clock.now();
    const { rows, next } = await claims.findDue({ now, limit, grace });
    isFull = rows.length === limit;
    // Others may have taken slots meanwhile.
    const taken = rows.filter(() => slots.tryTake());
    let claimed: readonly Found[] = [];
    try {
      claimed = await claims.claim(taken, now);
    } finally {
      for (let unused = claimed.length; unused < taken.length; unused++) slots.give();
    }
    if (isStopping) {
      await Promise.all(claimed.map(row => running.release(row).finally(slots.give)));
    } else for (const row of claimed) void begin(row);
    if (taken.length > 0) return 0;
    return next === undefined ? every : Math.min(every, Math.max(1, next - now));
  };

  const lookSafely = async (): Promise<number> => {
    try {
      const rest = await look();
      if (isFailing) log.info('the store answers again');
      isFailing = false;
      if (rest > 0) await clean();
      return rest;
    } catch (error) {
      if (!isFailing) log.error('the store cannot be asked for jobs', { code: (error as { code?: unknown }).code });
      isFailing = true;
      return pace().every;
    }
  };

  const takeJobs = async () => {
    while (!isStopping) {
      const rest = await lookSafely();
      if (rest > 0 && !isStopping) await nap.rest(rest);
    }
  };

  const keepLeases = async () => {
    for (;;) {
      await leases.rest(lease / 3);
      if (isOver) return;
      await running.renew();
    }
  };

  const stopTaking = () => {
    isStopping = true;
    nap.wake();
    if (signal.aborted) running.abort(signal.reason);
  };
  if (signal.aborted) stopTaking();
  else signal.addEventListener('abort', stopTaking, { once: true });
  const taking = takeJobs();
  const keeping = keepLeases();

  return {
    wake: nap.wake,
    async stop() {
      stopTaking();
      await taking;
      await slots.idle();
      isOver = true;
      leases.wake();
      await keeping;
      signal.removeEventListener('abort', stopTaking);
    },
  };
}
