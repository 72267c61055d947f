import { Failure, toFailure } from '../failure.ts';
import type { Clock } from '../world.ts';
import type { Answer, Call, Send } from './call.ts';
import { rest } from './exchange.ts';
import { decide } from './retry.ts';

/** What looking for the effect of a call has shown; `unknown` when it cannot be told. */
export type Sight = { readonly answer: Answer } | 'absent' | 'unknown';

/** How a call is carried through. */
export interface PersistOptions {
  readonly send: Send;
  readonly clock: Clock;
  /** For calls that have none of their own. */
  readonly signal?: AbortSignal;
  /** Clock time in milliseconds. */
  readonly deadline?: number;
  /** How long a call is kept up where there is no deadline, in milliseconds; by default five minutes. */
  readonly patience?: number;
  /** From 0 up to 1. */
  readonly random: () => number;
  /** True when the server knows repeated calls by their key. */
  readonly keyed: boolean;
  /** Whether a call first sent at `since` was carried out; looks again after a while unless `once`. */
  readonly look: (call: Call, search: { since: number; deadline: number; once: boolean }) => Promise<Sight>;
  /** Waits for what locks the resource of a call; false when there is nothing to wait for any more. */
  readonly unlock: (call: Call, round: number, deadline: number) => Promise<boolean>;
}

/** Where the sending of one call stands. */
interface Trial {
  readonly call: Call;
  readonly since: number;
  readonly deadline: number;
  readonly attempt: number;
  readonly locks: number;
  readonly ambiguous: boolean;
}

const defaultPatience = 300_000;

/** Makes calls that are tried again as `decide` has it, so that each is carried out once or fails. */
export function createPersistent(options: PersistOptions): Send {
  return async given => {
    const call = { ...given, signal: given.signal ?? options.signal };
    const since = options.clock.now();
    const deadline = options.deadline ?? since + (options.patience ?? defaultPatience);
    let trial: Trial = { call, since, deadline, attempt: 1, locks: 0, ambiguous: false };
    for (;;) {
      try {
        return await options.send(call);
      } catch (error) {
        const next = await recover(options, trial, toFailure(error));
        if ('answer' in next) return next.answer;
        trial = next;
      }
    }
  };
}

async function recover(options: PersistOptions, trial: Trial, failure: Failure): Promise<Trial | { answer: Answer }> {
  const { clock, keyed } = options;
  const { call, since, deadline } = trial;
  const ambiguous = trial.ambiguous || failure.ambiguous;
  const next = { ...trial, attempt: trial.attempt + 1, ambiguous };
  const decision = decide({
    method: call.method,
    failure,
    attempt: trial.attempt,
    ambiguousBefore: trial.ambiguous,
    keyed,
    now: clock.now(),
    deadline,
    random: options.random(),
  });
  try {
    if (decision.next === 'done') return { answer: { status: 204, headers: {}, body: undefined } };
    if (decision.next === 'again') {
      await rest(clock, decision.after, call.signal);
      return next;
    }
    if (decision.next === 'unlock' && (await options.unlock(call, trial.locks + 1, deadline))) {
      // The API said that it did nothing: this was no attempt.
      return { ...next, attempt: trial.attempt, locks: trial.locks + 1 };
    }
    if (decision.next === 'look') {
      const once = failure.apiCode === 'uniqueness_error';
      const sight = await options.look(call, { since, deadline, once });
      if (typeof sight === 'object') return sight;
      if (sight === 'absent' && !once) return next;
    }
  } catch (error) {
    const stop = toFailure(error);
    throw stop.code === 'interrupted' || stop.code === 'unexpected'
      ? final(trial, stop, ambiguous)
      : final(trial, failure, ambiguous);
  }
  throw final(trial, failure, ambiguous);
}

/** The failure to end with: one that leaves open whether a change was made says so. */
function final({ call }: Trial, failure: Failure, ambiguous: boolean): Failure {
  const open = ['unreachable', 'timeout', 'interrupted'].includes(failure.code);
  if (!ambiguous || !open || call.method === 'GET') return failure;
  const { code, message, details, apiCode, correlationId } = failure;
  const hint = 'Look before you send it again';
  return new Failure(code, message, { hint, details, apiCode, correlationId, ambiguous, cause: failure });
}
