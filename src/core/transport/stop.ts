import { Failure } from '../failure.ts';

/** The Failure for work that the signal ended: its reason when that is a Failure, else `interrupted`. */
export function stopped(signal: AbortSignal, ambiguous = false): Failure {
  const { reason } = signal;
  if (!(reason instanceof Failure)) return new Failure('interrupted', 'interrupted', { ambiguous, cause: reason });
  const { code, message, hint, details } = reason;
  return new Failure(code, message, { hint, details, ambiguous: ambiguous || reason.ambiguous, cause: reason });
}
