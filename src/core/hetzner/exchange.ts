import { type DebugLog, failureLine, requestLines, responseLines } from '../debug.ts';
import { Failure, toFailure } from '../failure.ts';
import { stopped } from '../transport/stop.ts';
import type { Clock, HttpRequest, HttpResponse, Transport } from '../world.ts';
import { type Call, type Send, urlOf } from './call.ts';
import { readBody, readError } from './errors.ts';
import { type Budget, learn, take } from './pace.ts';

/** What one exchange needs. */
export interface ExchangeOptions {
  readonly endpoint: URL;
  readonly token: string;
  readonly userAgent: string;
  readonly http: Transport;
  readonly clock: Clock;
  /** Clock time, in milliseconds, after which nothing is sent. */
  readonly deadline?: number;
  /** Milliseconds for one exchange; 0 is no bound. */
  readonly httpTimeout: number;
  readonly debug?: DebugLog;
  /** Called with the server's clock minus ours, in milliseconds, for each answer that tells. */
  readonly onSkew: (skew: number) => void;
}

/** Makes calls, each one request: paced, logged, its answer read; nothing is tried again here. */
export function createExchange(options: ExchangeOptions): Send {
  const { endpoint, clock, deadline = Number.POSITIVE_INFINITY, onSkew } = options;
  let budget: Budget | undefined;

  async function pace(signal?: AbortSignal): Promise<void> {
    const now = clock.now();
    const turn = take(budget, now);
    if (turn.start > deadline) throw outOfRequests();
    budget = turn.budget;
    if (turn.start > now) await rest(clock, turn.start - now, signal);
  }

  return async call => {
    await pace(call.signal);
    const timeout = Math.min(options.httpTimeout || Number.POSITIVE_INFINITY, deadline - clock.now());
    if (timeout <= 0) throw outOfTime();
    const request = requestOf(options, call, timeout);
    const answer = await logged(options, request);
    budget = learn(budget, answer, clock.now());
    const date = Date.parse(answer.headers.date ?? '');
    if (!Number.isNaN(date)) onSkew(date - clock.now());
    if (answer.status < 200 || answer.status > 299) throw readError(answer, endpoint.host);
    return { status: answer.status, headers: answer.headers, body: readBody(answer, endpoint.host) };
  };
}

/** Waits; rejects with a Failure when the signal comes first. */
export async function rest(clock: Clock, ms: number, signal?: AbortSignal): Promise<void> {
  try {
    await clock.sleep(ms, signal);
  } catch (error) {
    throw signal?.aborted ? stopped(signal) : error;
  }
}

function requestOf(options: ExchangeOptions, call: Call, timeout: number): HttpRequest {
  return {
    method: call.method,
    url: urlOf(options.endpoint, call),
    headers: {
      authorization: `Bearer ${options.token}`,
      'user-agent': options.userAgent,
      accept: 'application/json',
      ...(call.body === undefined ? {} : { 'content-type': 'application/json' }),
      ...call.headers,
    },
    ...(call.body === undefined ? {} : { body: JSON.stringify(call.body) }),
    timeout,
    ...(call.signal && { signal: call.signal }),
  };
}

async function logged({ http, clock, debug, token }: ExchangeOptions, request: HttpRequest): Promise<HttpResponse> {
  if (!debug) return http(request);
  // The token can also come back in an answer, as part of a text.
  const write = (lines: string[]) => {
    for (const line of lines) debug(token === '' ? line : line.replaceAll(token, '[redacted]'));
  };
  const started = clock.now();
  write(requestLines(request));
  const answer = await http(request).catch(error => {
    write([failureLine(request, toFailure(error), clock.now() - started)]);
    throw error;
  });
  write(responseLines(request, answer, clock.now() - started));
  return answer;
}

function outOfTime(): Failure {
  return new Failure('timeout', 'the time given with --timeout is over', { hint: 'Give a longer --timeout' });
}

function outOfRequests(): Failure {
  return new Failure('limited', 'the project has used its requests of this hour', {
    hint: 'Wait, or give a longer --timeout',
  });
}
