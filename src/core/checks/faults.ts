import { Failure } from '../failure.ts';
import { down, type Result } from './check.ts';

/** What the codes of sockets and name servers mean. */
const meanings: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'the connection was refused',
  ECONNRESET: 'the connection was reset',
  EPIPE: 'the connection was closed',
  EHOSTUNREACH: 'there is no route to the host',
  ENETUNREACH: 'the network cannot be reached',
  ETIMEDOUT: 'the connection was not made in time',
  ENOTFOUND: 'the name is not known',
  EAI_AGAIN: 'the name could not be looked up now',
  ENODATA: 'the name has no such record',
  ESERVFAIL: 'the name server failed',
  EREFUSED: 'the name server refused to answer',
  ETIMEOUT: 'the name server did not answer',
  EBADRESP: "the name server's answer makes no sense",
  EFORMERR: 'the name server did not understand the question',
  CERT_HAS_EXPIRED: 'the certificate has expired',
  CERT_NOT_YET_VALID: 'the certificate is not valid yet',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'the certificate was signed by itself',
  SELF_SIGNED_CERT_IN_CHAIN: 'a certificate of the chain was signed by itself',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'the chain of certificates is not complete',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'the issuer of the certificate is not trusted',
  ERR_TLS_CERT_ALTNAME_INVALID: 'the certificate is for another name',
  EPROTO: 'the other side does not speak TLS',
  ERR_SSL_WRONG_VERSION_NUMBER: 'the other side does not speak TLS',
  HPE_INVALID_CONSTANT: 'the answer is not HTTP',
};

/** What an error of a connection comes to: it is down, unless the time was up or it must not be connected to, which is thrown. */
export function downBy(error: unknown, signal: AbortSignal, more: Partial<Result> = {}): Result {
  if (signal.aborted || (error instanceof Failure && error.code === 'refused')) throw error;
  return down(sayFault(error), more);
}

/** What an error of a connection says to people, without a stack or an address of memory. */
export function sayFault(error: unknown): string {
  const { code, message, errors } = error as { code?: string; message?: string; errors?: unknown[] };
  // The lookup says why by its code.
  if (error instanceof Failure && error.cause !== undefined) return sayFault(error.cause);
  // Several addresses were tried, and each failed.
  if (errors && errors.length > 0 && (code === undefined || meanings[code] === undefined)) return sayFault(errors[0]);
  if (code !== undefined && meanings[code] !== undefined) return meanings[code];
  const text = (message || String(error)).replaceAll(/[\u0000-\u001f\u007f-\u009f]+/g, ' ').trim();
  return text.slice(0, 200) || 'an unknown error';
}
