import { Failure } from '../failure.ts';

/** The ways in which an exchange goes wrong below the API. */
export type Fault =
  | 'refused'
  | 'name'
  | 'certificate'
  | 'tls'
  | 'route'
  | 'closed'
  | 'garbled'
  | 'cut'
  | 'proxy'
  | 'foreign'
  | 'sign-in'
  | 'unknown';

/** What went wrong, in words that follow the host's name, and the next step. */
export interface Explanation {
  readonly fault: Fault;
  readonly words: string;
  readonly hint?: string;
}

const untrusted: Explanation = {
  fault: 'certificate',
  words: 'its certificate is not trusted',
  hint: 'Name the file of its certificate authority in NODE_EXTRA_CA_CERTS',
};
const unrouted: Explanation = { fault: 'route', words: 'there is no route to it', hint: 'Check the network' };
const closed: Explanation = { fault: 'closed', words: 'the connection was closed before an answer came' };
const unnamed: Explanation = {
  fault: 'name',
  words: 'its name cannot be looked up',
  hint: 'Check the network and the endpoint',
};

const byCode: Readonly<Record<string, Explanation>> = {
  ECONNREFUSED: { fault: 'refused', words: 'connection refused', hint: 'Check the endpoint and that it is running' },
  ENOENT: { fault: 'refused', words: 'there is no such socket', hint: 'Check that the daemon is running' },
  EACCES: { fault: 'refused', words: 'permission denied' },
  ENOTFOUND: { fault: 'name', words: 'there is no host of this name', hint: 'Check the endpoint and the network' },
  EAI_AGAIN: unnamed,
  EAI_FAIL: unnamed,
  EHOSTUNREACH: unrouted,
  ENETUNREACH: unrouted,
  ENETDOWN: unrouted,
  ETIMEDOUT: { fault: 'route', words: 'the connection timed out', hint: 'Check the network' },
  ECONNRESET: closed,
  EPIPE: closed,
  CERT_HAS_EXPIRED: { fault: 'certificate', words: 'its certificate has expired' },
  CERT_NOT_YET_VALID: { fault: 'certificate', words: 'its certificate is not valid yet', hint: 'Check the clock' },
  ERR_TLS_CERT_ALTNAME_INVALID: { fault: 'certificate', words: 'its certificate is for another name' },
  DEPTH_ZERO_SELF_SIGNED_CERT: untrusted,
  SELF_SIGNED_CERT_IN_CHAIN: untrusted,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: untrusted,
  UNABLE_TO_GET_ISSUER_CERT: untrusted,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: untrusted,
  CUT_OFF: { fault: 'cut', words: 'the answer was cut off' },
  SIGN_IN: { fault: 'sign-in', words: 'the sign-in cannot be refreshed' },
  NOT_THE_API: { fault: 'foreign', words: 'it does not answer as the Hetzner API' },
};

/** The words for an error of Node's network modules; a code that is not in the table is shown as it is. */
export function explain(error: unknown): Explanation {
  const { code = '', message = '' } = (error ?? {}) as NodeJS.ErrnoException;
  const known = byCode[code];
  if (known) return known;
  // Only tunnel.ts makes these; their message is ours and holds no secret.
  if (code === 'PROXY') return { fault: 'proxy', words: message, hint: 'Check HTTPS_PROXY and NO_PROXY' };
  if (code.startsWith('HPE_')) return { fault: 'garbled', words: 'its answer is not HTTP' };
  if (code === 'EPROTO' || code.startsWith('ERR_SSL') || code.startsWith('ERR_TLS')) {
    return { fault: 'tls', words: 'no TLS connection can be made', hint: 'Check that the endpoint serves https' };
  }
  if (code.startsWith('CERT_')) return untrusted;
  return { fault: 'unknown', words: code === '' ? 'the connection failed' : `the connection failed (${code})` };
}

/** An error that `explain` knows by its code. */
export function faultError(code: 'CUT_OFF' | 'NOT_THE_API' | 'PROXY' | 'SIGN_IN', message: string): Error {
  return Object.assign(new Error(message), { code });
}

/** What kind of fault lies under a failure; undefined for one that the API itself reported. */
export function faultOf(failure: Failure): Fault | undefined {
  return failure.code === 'unreachable' && failure.cause !== undefined ? explain(failure.cause).fault : undefined;
}

/** The Failure for an exchange with `peer` that broke; `ambiguous` when bytes of the request may have arrived. */
export function brokenExchange(peer: string, error: unknown, ambiguous: boolean): Failure {
  const { fault, words, hint } = explain(error);
  const message = fault === 'cut' ? `${peer}: ${words}` : `${peer} cannot be reached: ${words}`;
  return new Failure('unreachable', message, { hint, ambiguous, cause: error });
}
