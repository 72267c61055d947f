import type { Method } from '../api.ts';
import type { Failure } from '../failure.ts';
import { type Fault, faultOf } from '../transport/faults.ts';

/** What is known when a call has failed; times in milliseconds of the clock. */
export interface Situation {
  readonly method: Method;
  readonly failure: Failure;
  /** How many times the call was sent, this time included. */
  readonly attempt: number;
  /** An earlier attempt may have had its effect. */
  readonly ambiguousBefore: boolean;
  /** The server knows repeated calls by their `Idempotency-Key`. */
  readonly keyed: boolean;
  readonly now: number;
  /** After this time nothing is tried again. */
  readonly deadline: number;
  /** From 0 up to 1, for the jitter. */
  readonly random: number;
}

/** What to do about a failed call. */
export type Decision =
  | { readonly next: 'fail' }
  /** Send it again after so many milliseconds. */
  | { readonly next: 'again'; readonly after: number }
  /** It may have been done: find out before it is sent again. */
  | { readonly next: 'look' }
  /** Wait for what runs on the resource, then send it again. */
  | { readonly next: 'unlock' }
  /** The state that was wanted is there. */
  | { readonly next: 'done' };

const fail: Decision = { next: 'fail' };
const retries = 5;
/** A sending that is repeated blindly costs the caller the whole timeout each time. */
const timeoutRetries = 2;
const resends = 2;

/** How often to try again what was not even a connection, or what will not pass soon. */
const few: Partial<Record<Fault, number>> = {
  refused: 2,
  name: 1,
  certificate: 1,
  tls: 1,
  proxy: 1,
  foreign: 0,
  'sign-in': 0,
};

/** What to do about a failed call, from its method and failure alone; pure. */
export function decide(situation: Situation): Decision {
  const { method, failure, ambiguousBefore } = situation;
  const { code, apiCode } = failure;
  if (apiCode === 'locked') return { next: 'unlock' };
  if (code === 'not_found' && method === 'DELETE' && ambiguousBefore) return { next: 'done' };
  if (apiCode === 'uniqueness_error' && method === 'POST' && ambiguousBefore) return { next: 'look' };
  // A request comes free about every second; the hour in RateLimit-Reset is when all of them have.
  if (code === 'limited') return again(situation, 1000 * (1 + situation.random / 2));
  if (code === 'conflict') return backOff(situation, retries);
  if (code !== 'unreachable' && code !== 'timeout') return fail;
  // The daemon has tried for long enough.
  if (apiCode === 'upstream_unavailable') return fail;
  if (apiCode === 'maintenance') return backOff(situation, 3, 2000);
  const fault = faultOf(failure);
  const most = fault && few[fault];
  if (most === 0) return fail;
  if (method === 'POST' && failure.ambiguous && !situation.keyed) {
    return situation.attempt > resends ? fail : { next: 'look' };
  }
  if (most !== undefined) return backOff(situation, most, 400);
  return backOff(situation, code === 'timeout' && !apiCode ? timeoutRetries : retries);
}

/** Exponential with full jitter: many clients that failed at once must not come back at once. */
function backOff(situation: Situation, most: number, base = 500): Decision {
  if (situation.attempt > most) return fail;
  return again(situation, Math.min(15_000, base * 2 ** (situation.attempt - 1)) * situation.random);
}

function again({ now, deadline }: Situation, after: number): Decision {
  return now + after <= deadline ? { next: 'again', after: Math.ceil(after) } : fail;
}
