import { Failure } from '../failure.ts';
import type { Log } from '../log.ts';
import type { Found } from './claim.ts';
import { type Held, type Holder, hold, lost } from './lease.ts';
import type { Handler, Handlers, JobName, Outcome } from './queue.ts';
import { type Settlement, settleError, settleOutcome, settling } from './settle.ts';

/** What handling jobs takes. */
export interface Runner extends Holder {
  readonly log: Log;
  /** From 0 up to 1. */
  readonly random: () => number;
  /** Aborted when the queue stops: so are the signals of the jobs under way. */
  readonly signal: AbortSignal;
  /** Called with what a job has become, once that is durable. */
  readonly onSettled?: (row: Found, settlement: Settlement) => void;
}

/** Handles claimed jobs, each to its settlement, and keeps their leases. */
export interface Running {
  /** Handles one; never throws. */
  run(row: Found): Promise<void>;
  /** Renews the leases of those under way, in one commit; aborts those whose lease is over. */
  renew(): Promise<void>;
  /** Aborts the signals of those under way. */
  abort(reason: unknown): void;
  /** Gives a job back as it was, for one that is not begun any more. */
  release(row: Found): Promise<void>;
}

/** Handles jobs by their handlers. */
export function createRunning(runner: Runner, handlers: Handlers): Running {
  const { store, write, worker, clock, log, random, signal } = runner;
  const underWay = new Set<Held>();

  const settle = async (row: Found, settlement: Settlement) => {
    const changed = await write(row.id, settling(store, { ...row, worker }, clock.now(), settlement));
    if (changed === 1) runner.onSettled?.(row, settlement);
    else log.warn('another worker has the job: what became of it here is not kept', about(row));
  };

  const handle = async (row: Found): Promise<Settlement> => {
    let held: Held | undefined;
    try {
      held = hold(runner, row);
      underWay.add(held);
      if (signal.aborted) held.abort(signal.reason);
      return settleOutcome(row, await call(handlers, held));
    } catch (error) {
      // Broken off because the daemon stops: it has not failed.
      if (signal.aborted) return { state: 'waiting', runAt: row.run_at, attempts: row.attempts };
      const settlement = settleError(row, error, clock.now(), random());
      tell(log, row, settlement, error);
      return settlement;
    } finally {
      if (held) underWay.delete(held);
    }
  };

  return {
    async run(row) {
      try {
        await settle(row, await handle(row));
      } catch (error) {
        log.error('a job could not be settled: it is handled again after its lease', { ...about(row), ...kind(error) });
      }
    },
    async renew() {
      await Promise.all(
        [...underWay].map(async held => {
          try {
            await held.extend();
          } catch (error) {
            log.warn('a lease could not be renewed', { ...about(held.row), ...kind(error) });
            if (held.isOver()) held.abort(lost(held.row));
          }
        }),
      );
    },
    abort(reason) {
      for (const held of underWay) held.abort(reason);
    },
    release: row => settle(row, { state: 'waiting', runAt: row.run_at, attempts: row.attempts }),
  };
}

function call(handlers: Handlers, { job }: Held): Promise<Outcome> {
  const handler = handlers[job.name] as Handler<JobName> | undefined;
  if (handler) return handler(job);
  throw new Failure('unexpected', `no handler for a job of the name ${job.name}`);
}

function tell(log: Log, row: Found, { state, runAt, error }: Settlement, thrown: unknown): void {
  const fields = { ...about(row), code: error?.code, error: error?.message };
  if (!(thrown instanceof Failure)) log.error('a bug in the handler of a job', { ...fields, ...kind(thrown) });
  if (state === 'dead') log.error('a job has failed for good', fields);
  else log.warn('a job has failed and is tried again', { ...fields, run_at: runAt });
}

const about = ({ id, name, unique_key }: Found) => ({ job: id, name, key: unique_key });

/** An error that is no Failure, without what it says: that may hold a secret. */
function kind(error: unknown) {
  if (!(error instanceof Error)) return { kind: typeof error };
  const { code } = error as { code?: unknown };
  const at = error.stack?.split('\n').filter(line => /^\s+at /.test(line));
  return { kind: error.name, code, at: at?.slice(0, 3).map(line => line.trim()) };
}
