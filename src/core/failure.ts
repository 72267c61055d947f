/** Every way to fail: the process's exit status, the HTTP status, and whether the same call may pass later. */
export const failures = {
  unexpected: { exit: 1, http: 500, again: false, when: 'a bug in cloudctl' },
  usage: { exit: 2, http: 400, again: false, when: 'wrong flag, argument or configuration' },
  partial: { exit: 3, http: 207, again: false, when: 'some of several targets failed' },
  unauthorized: { exit: 4, http: 401, again: false, when: 'no token, or one that is not accepted' },
  forbidden: { exit: 4, http: 403, again: false, when: 'the token or role may not do this' },
  not_found: { exit: 5, http: 404, again: false, when: 'the thing named does not exist' },
  conflict: { exit: 6, http: 409, again: true, when: 'locked, or changed meanwhile' },
  refused: {
    exit: 6,
    http: 422,
    again: false,
    when: 'protected, not unique, wrong state, invalid, over a limit, out of stock',
  },
  limited: { exit: 7, http: 429, again: true, when: 'rate limit, after waiting as long as --timeout allowed' },
  unreachable: { exit: 8, http: 502, again: true, when: 'no connection, or the API is failing or in maintenance' },
  timeout: { exit: 8, http: 504, again: true, when: 'no answer, or no end, in time' },
  busy: { exit: 75, http: 503, again: true, when: 'another instance holds it' },
  interrupted: { exit: 130, http: 503, again: true, when: 'stopped by Ctrl-C' },
} as const;

export type FailureCode = keyof typeof failures;

export interface FailureOptions {
  /** The next step for a person: a command to try, or what to change. */
  readonly hint?: string;
  /** Machine-readable particulars, as the API gave them. */
  readonly details?: unknown;
  /** The API's own error code, such as `uniqueness_error`. */
  readonly apiCode?: string;
  /** The API's id of the request, for its support. */
  readonly correlationId?: string;
  /** True when the request may have had its effect although no good answer came back. */
  readonly ambiguous?: boolean;
  readonly cause?: unknown;
}

/** The one error: `code` fixes exit status, HTTP status and retry; the message is lower case, the thing and then the fault. */
export class Failure extends Error {
  readonly code: FailureCode;
  readonly hint?: string;
  readonly details?: unknown;
  readonly apiCode?: string;
  readonly correlationId?: string;
  readonly ambiguous: boolean;

  constructor(code: FailureCode, message: string, options: FailureOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'Failure';
    this.code = code;
    this.hint = options.hint;
    this.details = options.details;
    this.apiCode = options.apiCode;
    this.correlationId = options.correlationId;
    this.ambiguous = options.ambiguous ?? false;
  }

  get exit(): number {
    return failures[this.code].exit;
  }
}

/** Any thrown value as a Failure; what was not one is a bug and becomes `unexpected`. */
export function toFailure(error: unknown): Failure {
  if (error instanceof Failure) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new Failure('unexpected', message || 'unknown error', { cause: error });
}
