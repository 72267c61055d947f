import { Failure } from '../../core/failure.ts';
import { readError } from '../../core/hetzner/errors.ts';
import type { HttpResponse } from '../../core/world.ts';
import type { Answer } from './ask.ts';
import { clean } from './redact.ts';

/** An answer of Hetzner's that is no good one, for the caller: with its own code, and with `details` always. What went wrong between the gateway and Hetzner is the gateway's: no client takes it for its own token or budget. */
export function passError(answer: HttpResponse, host: string): Answer {
  const failure = readError(answer, host);
  if (failure.apiCode === undefined || [401, 403, 429].includes(answer.status) || answer.status >= 500) {
    throw unavailable(failure);
  }
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
