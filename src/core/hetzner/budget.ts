import type { Budget } from './pace.ts';

const hour = 3_600_000;

/** Requests that are left now: one comes back every hour / limit. */
export function leftNow({ limit, left, at }: Budget, now: number): number {
  return Math.min(limit, left + (Math.max(0, now - at) * limit) / hour);
}
