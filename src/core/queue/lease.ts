import { Failure } from '../failure.ts';
import { template } from '../store/template.ts';
import type { Clock } from '../world.ts';
import { type Claimant, type Found, type Holding, isHeld } from './claim.ts';
import type { Job, JobName } from './queue.ts';

/** What holding a job takes. */
export interface Holder extends Claimant {
  readonly clock: Clock;
}

/** A claimed job in the hands of its worker. */
export interface Held {
  readonly row: Found;
  readonly job: Job;
  /** Aborts the job's signal with that reason. */
  readonly abort: (reason: unknown) => void;
  /** Makes the lease as long as it was at first, or aborts the job's signal when it is over; whether it could. Throws when the store cannot be asked. */
  readonly extend: () => Promise<boolean>;
  /** True when the lease has run out by the clock. */
  readonly isOver: () => boolean;
}

/** Takes a claimed job in hand; throws for a payload that cannot be read. */
export function hold({ store, write, clock, worker, lease }: Holder, row: Found): Held {
  const controller = new AbortController();
  const holding = { id: row.id, fence: row.fence, worker };
  let until = row.lease_until ?? 0;

  /**
   * Renews only what has not run out. The fence alone would tell whether another worker has the job, but one that was
   * stopped past its lease believes in a world that is gone: it has to begin anew. The store decides at the moment of the
   * write; the clock is read once more after it, since the process may be stopped, or the store be slow, on the way. A
   * third of the lease at most may be spent by then, so that what is done outside next ends within the rest.
   */
  const extend = async () => {
    const now = clock.now();
    const lease_until = now + lease;
    const changed = await write(row.id, renewing(store, { ...holding, lease_until, now }));
    if (changed === 1) until = lease_until;
    const isGood = changed === 1 && clock.now() <= now + lease / 3;
    if (!isGood) controller.abort(lost(row));
    return isGood;
  };

  const job: Job = {
    id: row.id,
    key: row.unique_key,
    name: row.name as JobName,
    payload: JSON.parse(row.payload),
    attempts: row.attempts,
    signal: controller.signal,
    held: () => ({ query: holdingStill(store, holding), changes: 1 }),
    async renew() {
      controller.signal.throwIfAborted();
      if (!(await extend())) throw lost(row);
      controller.signal.throwIfAborted();
    },
  };
  return { row, job, extend, abort: reason => controller.abort(reason), isOver: () => until < clock.now() };
}

const renewing = template((db, { lease_until, now, ...holding }: Holding & { lease_until: number; now: number }) =>
  db.updateTable('jobs').set({ lease_until }).where(isHeld(holding)).where('lease_until', '>=', now),
);

/** Changes nothing, and one row. */
const holdingStill = template((db, holding: Holding) =>
  db.updateTable('jobs').set({ fence: holding.fence }).where(isHeld(holding)),
);

/** Why a worker may not go on with a job. */
export function lost({ name, unique_key }: Pick<Found, 'name' | 'unique_key'>): Failure {
  return new Failure('conflict', `the lease of job ${name} (${unique_key}) is over`, {
    hint: 'Another worker carries it on',
  });
}
