import type { Clock, Transport } from '../world.ts';
import { type Budget, learn } from './pace.ts';

const hour = 3_600_000;

/** A transport, and what all who send through it know of the bucket of requests; undefined before the first answer. */
export interface Watched {
  readonly http: Transport;
  readonly budget: () => Budget | undefined;
}

/** The same transport, its answers read for what they tell of the bucket. */
export function watchBudget(http: Transport, clock: Pick<Clock, 'now'>): Watched {
  let budget: Budget | undefined;
  return {
    budget: () => budget,
    async http(request) {
      const answer = await http(request);
      budget = learn(budget, answer, clock.now());
      return answer;
    },
  };
}

/** Requests that are left now: one comes back every hour / limit. */
export function leftNow({ limit, left, at }: Budget, now: number): number {
  return Math.min(limit, left + (Math.max(0, now - at) * limit) / hour);
}
