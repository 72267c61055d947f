import { type Failure, type FailureCode, failures } from '../../core/failure.ts';

/** The codes of Hetzner's dialect, where ours has another name. */
const dialect: Readonly<Record<FailureCode, string>> = {
  unexpected: 'server_error',
  usage: 'invalid_input',
  partial: 'partial',
  unauthorized: 'unauthorized',
  forbidden: 'forbidden',
  not_found: 'not_found',
  conflict: 'conflict',
  refused: 'unsupported_error',
  limited: 'rate_limit_exceeded',
  unreachable: 'bad_gateway',
  timeout: 'timeout',
  busy: 'unavailable',
  interrupted: 'unavailable',
};

/** A failure as it is answered. */
export interface ErrorBody {
  readonly error: {
    readonly code: string;
    readonly message: string;
    readonly details: unknown;
    readonly hint?: string;
  };
}

/** The answer for a failure, in Hetzner's dialect; of a bug only that there was one, since its message is for the log. */
export function errorAnswer(failure: Failure): { status: number; body: ErrorBody } {
  const { code, hint, details = null } = failure;
  const status = failures[code].http;
  if (code === 'unexpected')
    return { status, body: { error: { code: dialect[code], message: 'internal error', details: null } } };
  return {
    status,
    body: {
      error: { code: failure.apiCode ?? dialect[code], message: failure.message, details, ...(hint && { hint }) },
    },
  };
}
