import { type Failure, type FailureCode, failures } from '../../core/failure.ts';

/** What a failure is over HTTP, in Hetzner's dialect. */
export interface Problem {
  readonly status: number;
  readonly body: {
    readonly error: {
      readonly code: string;
      readonly message: string;
      readonly details: unknown;
    };
  };
  readonly headers: Readonly<Record<string, string>>;
}

/** Hetzner's words for our codes, where a failure brings none of its own. */
const words: Readonly<Record<FailureCode, string>> = {
  unexpected: 'server_error',
  usage: 'invalid_input',
  partial: 'service_error',
  unauthorized: 'unauthorized',
  forbidden: 'forbidden',
  not_found: 'not_found',
  conflict: 'conflict',
  refused: 'service_error',
  limited: 'rate_limit_exceeded',
  unreachable: 'unavailable',
  timeout: 'timeout',
  busy: 'unavailable',
  interrupted: 'unavailable',
};

/** HTTP statuses that Hetzner has for its codes, where they are not those of our codes. */
const statuses: Readonly<Record<string, number>> = {
  json_error: 400,
  invalid_input: 422,
  uniqueness_error: 409,
  locked: 423,
  protected: 423,
  resource_limit_exceeded: 403,
  unavailable: 503,
  upstream_unavailable: 502,
  service_error: 422,
};

/** Every code that an answer may have. */
export const problemCodes: readonly string[] = [...new Set([...Object.values(words), ...Object.keys(statuses)])].sort();

/** Who reads that a change failed would take it for not done. */
function messageOf({ message, ambiguous }: Failure): string {
  return ambiguous ? `${message}; it may have been done all the same` : message;
}

/** The answer that tells of a failure; of a bug no more than that it is one. */
export function problemOf(failure: Failure): Problem {
  const code = failure.apiCode ?? words[failure.code];
  const status = statuses[code] ?? failures[failure.code].http;
  const isBug = failure.code === 'unexpected';
  return {
    status,
    body: {
      error: {
        code,
        message: isBug ? 'the daemon has failed: see its log' : messageOf(failure),
        details: isBug ? null : (failure.details ?? null),
        // Of such an answer a client would have to think that it may have been done all the same.
        ...(status >= 500 && !isBug && !failure.ambiguous && { ambiguous: false }),
        ...(failure.hint !== undefined && { hint: failure.hint }),
      },
    },
    headers: {
      ...(status === 401 && { 'www-authenticate': 'Bearer' }),
      ...((status === 429 || status === 503) && { 'retry-after': String(secondsOf(failure)) }),
    },
  };
}

/** When it may be tried again. */
function secondsOf({ details }: Failure): number {
  const { retry_after } = (details ?? {}) as { readonly retry_after?: unknown };
  return typeof retry_after === 'number' ? retry_after : 1;
}
