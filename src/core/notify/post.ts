import type { LookupAddress } from 'node:dns';
import http from 'node:http';
import https from 'node:https';
import { Failure, type FailureCode } from '../failure.ts';
import { brokenExchange } from '../transport/faults.ts';
import { type Guard, pinned } from '../transport/guard.ts';
import { version } from '../version.ts';
import type { Posting } from './channel.ts';
import { readRetryAfter } from './retry-after.ts';

/** What sending takes. */
export interface PostTools {
  /** The addresses that may be connected to; throws `refused` where there are others. */
  readonly guard: Guard;
  readonly now: () => number;
  readonly signal: AbortSignal;
  /** Milliseconds for all of it; default 10 s. */
  readonly timeout?: number;
}

/** Bytes of an answer that are read. */
const most = 64 * 2 ** 10;

/** Sends one request to exactly the addresses that were looked at, follows no redirect and reads little of the answer. Resolves when it is answered with 2xx; throws a Failure that names the host only, since an address may hold a secret. */
export async function post(posting: Posting, { guard, now, signal, timeout = 10_000 }: PostTools): Promise<void> {
  const { url } = posting;
  if (url.protocol !== 'https:' && url.protocol !== 'http:')
    throw new Failure('usage', `${url.protocol} is not spoken`, { hint: 'Give an address with https://' });
  const until = AbortSignal.any([signal, AbortSignal.timeout(timeout)]);
  const addresses = await Promise.race([guard(url.hostname), whenAborted(until)]).catch(error => {
    throw signal.aborted || !until.aborted ? error : late(url, timeout);
  });
  const { status, retryAfter } = await exchange(posting, addresses, until).catch(error => {
    if (signal.aborted) throw new Failure('interrupted', 'the daemon stops');
    throw until.aborted ? late(url, timeout) : brokenExchange(url.host, error, true);
  });
  if (status >= 200 && status < 300) return;
  const details = { status, retryAfter: readRetryAfter(retryAfter, now()) };
  const message = `${url.host} answered with ${status}${status >= 300 && status < 400 ? ': redirects are not followed' : ''}`;
  throw new Failure(codeOf(status), message, { details, ...(status === 410 && { apiCode: 'gone' }) });
}

function codeOf(status: number): FailureCode {
  if (status === 429) return 'limited';
  if (status === 408) return 'timeout';
  return status >= 500 ? 'unreachable' : 'refused';
}

function exchange(
  { url, method = 'POST', headers, body }: Posting,
  addresses: readonly LookupAddress[],
  signal: AbortSignal,
): Promise<{ status: number; retryAfter: string | undefined }> {
  return new Promise((resolve, reject) => {
    const request = (url.protocol === 'https:' ? https : http).request(url, {
      method,
      signal,
      agent: false,
      headers: { 'user-agent': `cloudctl/${version}`, ...headers, 'content-length': Buffer.byteLength(body) },
      lookup: pinned(addresses),
    });
    request.on('error', reject);
    request.on('response', response => {
      const { statusCode: status = 0, headers } = response;
      let size = 0;
      // It was taken or not: what else is said does not change that.
      const end = () => {
        resolve({ status, retryAfter: headers['retry-after'] });
        request.destroy();
      };
      if (status >= 200 && status < 300) return end();
      response.on('data', (chunk: Buffer) => {
        size += chunk.length;
        if (size > most) end();
      });
      for (const event of ['end', 'error', 'close'] as const) response.on(event, end);
    });
    request.end(body);
  });
}

function whenAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}

function late({ host }: URL, timeout: number): Failure {
  return new Failure('timeout', `${host} did not answer within ${timeout / 1000} s`);
}
