import { Failure, type FailureOptions } from '../failure.ts';
import { faultError } from '../transport/faults.ts';
import type { HttpResponse } from '../world.ts';
import { asObject } from './call.ts';
import { failureCodeOf, hintFor } from './codes.ts';
import type { ApiErrorDetails } from './types.ts';

/** The Failure for an answer whose status is not 2xx; `host` is named when it does not speak as the API. */
export function readError(answer: HttpResponse, host: string): Failure {
  const error = asObject(asObject(parseJson(answer.body)).error);
  if (typeof error.code !== 'string') return notTheApi(answer, host);
  const { code } = error;
  const details = (error.details ?? undefined) as ApiErrorDetails | undefined;
  return new Failure(failureCodeOf(code, answer.status), messageOf(code, error.message, details), {
    ...optionsOf(answer),
    ...(typeof error.ambiguous === 'boolean' && { ambiguous: error.ambiguous }),
    apiCode: code,
    details,
    // Hetzner gives neither; the daemon knows better than its dialect what was done, and what to do.
    hint: typeof error.hint === 'string' ? error.hint : hintOf(code, details),
  });
}

/** The Failure for an answer that is not JSON, or not an object. */
export function notTheApi(answer: HttpResponse, host: string): Failure {
  const type = answer.headers['content-type']?.split(';')[0] ?? 'no type';
  const message = `${host} did not answer as the Hetzner API (HTTP ${answer.status}, ${type})`;
  const code = { 429: 'limited', 504: 'timeout' } as const;
  return new Failure(code[answer.status as 429 | 504] ?? 'unreachable', message, {
    ...optionsOf(answer),
    // A gateway in front of the API fails with a page of its own: that passes. Anything else will not.
    ...(answer.status < 500 && { cause: faultError('NOT_THE_API', message), hint: 'Check the endpoint' }),
  });
}

/** The body of a good answer, undefined when it is empty; throws `unreachable` when it is cut off or not the API's. */
export function readBody(answer: HttpResponse, host: string): unknown {
  if (answer.body.trim() === '') return undefined;
  const body = parseJson(answer.body);
  if (typeof body === 'object' && body !== null) return body;
  if (body !== undefined || !/\bjson\b/.test(answer.headers['content-type'] ?? '')) throw notTheApi(answer, host);
  const cause = faultError('CUT_OFF', 'the answer was cut off');
  throw new Failure('unreachable', `${host}: the answer was cut off`, { ...optionsOf(answer), cause });
}

function hintOf(code: string, details: ApiErrorDetails | undefined): string | undefined {
  return details?.announcement ? `See ${details.announcement}` : hintFor(code);
}

function optionsOf({ status, headers }: HttpResponse): FailureOptions {
  // 2xx comes here when the answer cannot be read: the deed is done all the same.
  return { correlationId: headers['x-correlation-id'], ambiguous: status >= 500 || status < 300 };
}

function messageOf(code: string, said: unknown, details: ApiErrorDetails | undefined): string {
  const message = typeof said === 'string' && said !== '' ? said.replace(/\.$/, '') : code.replaceAll('_', ' ');
  const limits = Array.isArray(details?.limits) ? details.limits.map(limit => limit.name).join(', ') : '';
  return limits === '' ? message : `${message} (${limits})`;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
