import type { Failure } from '../failure.ts';
import { failures } from '../failure.ts';

const [second, minute, hour] = [1000, 60_000, 3_600_000];

/** Milliseconds before each further try of a message: ten tries within some 75 hours, as Standard Webhooks has them. */
export const retryDelays = [
  ...[5 * second, 5 * minute, 30 * minute, 2 * hour, 5 * hour, 10 * hour, 14 * hour, 20 * hour, 24 * hour],
] as const;

/** Tries of what the other side does not want. */
const mostRefusals = 3;

/** What becomes of a message that could not be sent: another try at that time, or none. */
export type Verdict = { readonly retryAt: number } | 'dead' | 'disable';

/** Decides about a message that has failed `attempts` times before (0 at first); `random` from 0 up to 1 spreads the tries by a tenth. A time that the other side has named is not cut short. */
export function decide(failure: Failure, attempts: number, now: number, random: number): Verdict {
  if (failure.apiCode === 'gone') return 'disable';
  const passes = failures[failure.code].again || failure.code === 'unexpected';
  const delay = retryDelays[attempts];
  if (delay === undefined || (!passes && attempts + 1 >= mostRefusals)) return 'dead';
  const { retryAfter = 0 } = (failure.details ?? {}) as { readonly retryAfter?: number };
  return { retryAt: now + Math.max(retryAfter, Math.round(delay * (1 + random / 10))) };
}
