import type { HttpResponse } from '../world.ts';

/** What is known of the bucket of requests; times in milliseconds. */
export interface Budget {
  /** Requests an hour. */
  readonly limit: number;
  /** Requests that were left at the time `at`, those sent since taken off. */
  readonly left: number;
  readonly at: number;
  /** Before this time no request starts while few are left. */
  readonly next: number;
}

const hour = 3_600_000;
const usual: Budget = { limit: 3600, left: 3600, at: 0, next: 0 };

/** The budget after an answer. `RateLimit-Reset` is not looked at: it is when the bucket is full again. */
export function learn(budget: Budget | undefined, answer: Pick<HttpResponse, 'status' | 'headers'>, now: number) {
  const limit = Number(answer.headers['ratelimit-limit'] ?? Number.NaN);
  const told = Number(answer.headers['ratelimit-remaining'] ?? Number.NaN);
  const left = answer.status === 429 ? 0 : told;
  if (!(left >= 0)) return budget;
  const before = budget ?? usual;
  return { limit: limit > 0 ? limit : before.limit, left, at: now, next: before.next };
}

/** When the next request may start, and the budget with it taken out: at once while plenty is left, else at the rate of the refill. */
export function take(budget: Budget | undefined, now: number): { start: number; budget: Budget | undefined } {
  if (!budget) return { start: now, budget };
  const every = hour / budget.limit;
  const left = Math.min(budget.limit, budget.left + Math.max(0, now - budget.at) / every);
  const after = { ...budget, left: Math.max(0, left - 1), at: now };
  if (left > few(budget.limit)) return { start: now, budget: after };
  const start = Math.max(now, budget.next);
  return { start, budget: { ...after, next: start + every } };
}

function few(limit: number): number {
  return Math.min(20, limit / 10);
}
