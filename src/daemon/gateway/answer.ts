import { Failure, type FailureCode } from '../../core/failure.ts';
import { readError } from '../../core/hetzner/errors.ts';
import type { HttpResponse } from '../../core/world.ts';
import type { Answer } from './ask.ts';
import { clean } from './redact.ts';

/** What a failure means that is not the caller's: the gateway's token is no good, or Hetzner is not well. */
const ours: readonly FailureCode[] = ['unauthorized', 'forbidden', 'unreachable', 'timeout'];

/** Whether something went wrong between the gateway and Hetzner. */
export function isOurs({ code }: Failure): boolean {
  return ours.includes(code);
}

/** The failure of an answer that is neither a good one nor one of the API's refusals: no client may take it for its own token or budget, or for a resource that is gone. */
export function findFault(answer: HttpResponse, host: string): Failure | undefined {
  const failure = readError(answer, host);
  const isOfApi = failure.apiCode !== undefined && answer.status < 500 && answer.status !== 429;
  return isOfApi && !isOurs(failure) ? undefined : failure;
}

/** An answer of Hetzner's that is no good one, for the caller: with its own code, and with `details` always. */
export function passError(answer: HttpResponse, host: string): Answer {
  const fault = findFault(answer, host);
  if (fault) throw unavailable(fault);
  const { error } = JSON.parse(answer.body) as { readonly error: Readonly<Record<string, unknown>> };
  const body = clean({ error: { ...error, details: error.details ?? null } });
  return { status: answer.status, body: JSON.stringify(body) };
}

/** Something between the gateway and Hetzner; no known client sends again what it was for. */
export function unavailable(cause: Failure): Failure {
  return new Failure('busy', `Hetzner cannot be asked now: ${cause.message}`, {
    apiCode: 'unavailable',
    ambiguous: cause.ambiguous,
    correlationId: cause.correlationId,
    cause,
  });
}

/** The same for what was only read: nothing is done, so that clients which ask again by themselves may, and do for `bad_gateway`. */
export function unread(cause: Failure): Failure {
  const isLasting = cause.code === 'unauthorized' || cause.code === 'forbidden';
  const [code, apiCode] = isLasting ? (['busy', 'unavailable'] as const) : (['unreachable', 'bad_gateway'] as const);
  const { message, correlationId } = cause;
  return new Failure(code, `Hetzner cannot be asked now: ${message}`, { apiCode, correlationId, cause });
}
