import { Failure, type FailureCode, failures } from '../failure.ts';
import type { Sql } from '../store/store.ts';
import type { JobRow } from '../store/tables.ts';
import { type Filled, template } from '../store/template.ts';
import { backoff } from './backoff.ts';
import { type Holding, isHeld } from './claim.ts';
import type { Outcome } from './queue.ts';

/** What becomes of a job after a call of its handler. */
export interface Settlement {
  readonly state: 'waiting' | 'done' | 'dead';
  /** When it is due next, or was for the last time. */
  readonly runAt: number;
  readonly attempts: number;
  readonly error?: { readonly code: FailureCode; readonly message: string };
}

/** A job as far as its settlement depends on it. */
export interface Settled {
  readonly run_at: number;
  readonly attempts: number;
}

const mostAttempts = 25;
const mostBugs = 6;
const longestMessage = 2000;

/** What a handler's answer means; throws for a time that is none. */
export function settleOutcome(job: Settled, outcome: Outcome): Settlement {
  if (outcome === undefined) return { state: 'done', runAt: job.run_at, attempts: job.attempts };
  return { state: 'waiting', runAt: wholeTime(outcome.again, 'again'), attempts: job.attempts };
}

/** What a handler's error means: tried again later where its code says that this may help, a bug a few times, else dead. */
export function settleError(job: Settled, thrown: unknown, now: number, random: number): Settlement {
  const error = describe(thrown);
  const attempts = job.attempts + 1;
  const most = error.code === 'unexpected' ? mostBugs : failures[error.code].again ? mostAttempts : 1;
  if (attempts >= most) return { state: 'dead', runAt: job.run_at, attempts, error };
  return { state: 'waiting', runAt: now + backoff(error.code, job.attempts, random), attempts, error };
}

/** A Failure is written without secrets; what a bug says may hold anything, so that only its kind is kept. */
function describe(thrown: unknown): { code: FailureCode; message: string } {
  if (thrown instanceof Failure) return { code: thrown.code, message: thrown.message.slice(0, longestMessage) };
  return { code: 'unexpected', message: `a bug: ${thrown instanceof Error ? thrown.name : typeof thrown}` };
}

/** The write that settles a job; changes no row when the worker does not hold it any more. */
export function settling(
  store: Sql,
  { id, fence, worker }: Holding,
  now: number,
  { state, runAt, attempts, error }: Settlement,
): Filled<unknown> {
  return written(store, {
    ...{ id, fence, worker, state, attempts },
    run_at: runAt,
    error_code: error?.code ?? null,
    error_message: error?.message ?? null,
    finished: state === 'waiting' ? null : now,
  });
}

type Values = Holding & Pick<JobRow, 'state' | 'run_at' | 'attempts' | 'error_code' | 'error_message' | 'finished'>;

const written = template((db, { id, fence, worker, ...values }: Values) =>
  db
    .updateTable('jobs')
    .set({ ...values, worker: null, lease_until: null })
    .where(isHeld({ id, fence, worker })),
);

/** A time as the store keeps it: whole milliseconds, never before what was asked for. */
export function wholeTime(time: number, what: string): number {
  const whole = Math.ceil(time);
  if (Number.isSafeInteger(whole)) return whole;
  throw new Failure('unexpected', `${what} of a job is no time: ${time}`);
}
