import { leftNow } from '../../../core/hetzner/budget.ts';
import { type Budget, learn } from '../../../core/hetzner/pace.ts';
import type { HttpResponse } from '../../../core/world.ts';
import type { Urgency } from './upstream.ts';

/** What a class of requests may take. */
interface Rule {
  /** The part of the bucket that is left to the classes before it. */
  readonly reserve: number;
  /** The part of the refill that it has while less than the reserve is left, so that nobody who uses the project beside us starves it. */
  readonly trickle: number;
  /** So many requests may be under way when one of it starts: the rest is kept for the classes before it. */
  readonly slots: number;
  /** How long one waits for its turn at most, in milliseconds. */
  readonly patience: number;
}

/** The classes, the most urgent first. */
export const rules: Readonly<Record<Urgency, Rule>> = {
  write: { reserve: 0, trickle: 1, slots: 20, patience: 30_000 },
  read: { reserve: 0.1, trickle: 0.5, slots: 16, patience: 25_000 },
  background: { reserve: 0.2, trickle: 0.1, slots: 8, patience: 60_000 },
};

export const urgencies = Object.keys(rules) as readonly Urgency[];

/** The project's bucket of requests as far as it is known, and when each class may take the next one out of the reserve. */
export interface Bucket {
  readonly budget: Budget | undefined;
  readonly next: Readonly<Record<Urgency, number>>;
}

export const unknownBucket: Bucket = { budget: undefined, next: { write: 0, read: 0, background: 0 } };

const hour = 3_600_000;

/** When the next request of the class may start; at once where nothing is known yet. */
export function startOf({ budget, next }: Bucket, urgency: Urgency, now: number): number {
  if (!budget) return now;
  const every = hour / budget.limit;
  const left = leftNow(budget, now);
  const { reserve } = rules[urgency];
  const filled = (level: number) => now + Math.max(0, Math.ceil((level - left) * every));
  return Math.min(filled(1 + reserve * budget.limit), Math.max(filled(1), next[urgency]));
}

/** The bucket after a request of the class has been started. */
export function spend(bucket: Bucket, urgency: Urgency, now: number): Bucket {
  const { budget, next } = bucket;
  if (!budget) return bucket;
  const every = hour / budget.limit;
  const left = Math.max(0, leftNow(budget, now) - 1);
  return {
    budget: { ...budget, left, at: now },
    next: { ...next, [urgency]: now + every / rules[urgency].trickle },
  };
}

/** The bucket after another daemon has told what it knows. Each knows the most that there can be, since it does not count what the other has sent: the lower one holds, until an answer says better. */
export function heard({ budget, next }: Bucket, theirs: Budget, now: number): Bucket {
  const left = Math.min(budget ? leftNow(budget, now) : theirs.limit, leftNow(theirs, now));
  return { budget: { ...(budget ?? theirs), left, at: now }, next };
}

/** The bucket after an answer; `underWay` requests may not be counted in what it tells. */
export function told(bucket: Bucket, answer: HttpResponse, underWay: number, now: number): Bucket {
  const known = learn(bucket.budget, answer, now);
  if (!known || known === bucket.budget) return bucket;
  return { ...bucket, budget: { ...known, left: Math.max(0, known.left - underWay) } };
}
