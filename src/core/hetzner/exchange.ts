import { Failure } from '../failure.ts';
import { stopped } from '../transport/stop.ts';
import type { Clock, HttpRequest, HttpResponse, Transport } from '../world.ts';
import { type Call, type Send, urlOf } from './call.ts';
import { readBody, readError } from './errors.ts';
import { type Budget, learn, take } from './pace.ts';

/** A token, or what gives one for each request: the current one, or a newer one in place of one that was refused where there is one. */
export type TokenSource = string | ((refused?: string) => Promise<string>);

/** What one exchange needs. */
export interface ExchangeOptions {
  readonly endpoint: URL;
  readonly token: TokenSource;
  readonly userAgent: string;
  readonly http: Transport;
  readonly clock: Clock;
  /** Clock time, in milliseconds, after which nothing is sent. */
  readonly deadline?: number;
  /** Milliseconds for one exchange; 0 is no bound. */
  readonly httpTimeout: number;
  /** Called with the server's clock minus ours, in milliseconds, for each answer that tells. */
  readonly onSkew: (skew: number) => void;
}

/** Makes calls, each one request: paced, logged, its answer read; nothing is tried again here. */
export function createExchange(options: ExchangeOptions): Send {
  const { endpoint, clock, deadline = Number.POSITIVE_INFINITY, onSkew } = options;
  let budget: Budget | undefined;

  async function pace({ sendBy = deadline, signal }: Call): Promise<void> {
    const now = clock.now();
    const turn = take(budget, now);
    if (turn.start > Math.min(deadline, sendBy)) throw outOfRequests();
    budget = turn.budget;
    if (turn.start > now) await rest(clock, turn.start - now, signal);
  }

  async function ask(call: Call, token: string): Promise<HttpResponse> {
    const patience = call.pieces?.patience ?? (options.httpTimeout || Number.POSITIVE_INFINITY);
    const timeout = Math.min(patience, deadline - clock.now());
    if (timeout <= 0) throw outOfTime();
    if (call.sendBy !== undefined && clock.now() > call.sendBy) throw tooLate();
    return options.http(requestOf(options, call, token, timeout));
  }

  return async call => {
    await pace(call);
    const { token: source } = options;
    const token = typeof source === 'string' ? source : await source();
    let answer = await ask(call, token);
    if (answer.status === 401 && typeof source === 'function') {
      const newer = await source(token);
      if (newer !== token) answer = await ask(call, newer);
    }
    budget = learn(budget, answer, clock.now());
    const date = Date.parse(answer.headers.date ?? '');
    if (!Number.isNaN(date)) onSkew(date - clock.now());
    if (answer.status < 200 || answer.status > 299) throw readError(answer, endpoint.host);
    const body = readBody(answer, endpoint.host);
    return { status: answer.status, headers: answer.headers, body: call.keep ? call.keep(body) : body };
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

function requestOf(options: ExchangeOptions, call: Call, token: string, timeout: number): HttpRequest {
  return {
    method: call.method,
    url: urlOf(options.endpoint, call),
    headers: {
      authorization: `Bearer ${token}`,
      'user-agent': options.userAgent,
      accept: 'application/json',
      ...(call.body === undefined ? {} : { 'content-type': 'application/json' }),
      ...call.headers,
    },
    ...(call.body === undefined ? {} : { body: JSON.stringify(call.body) }),
    timeout,
    ...(call.pieces && { onText: call.pieces.take }),
    ...(call.signal && { signal: call.signal }),
    ...(call.sendBy !== undefined && { sendBy: call.sendBy }),
  };
}

function outOfTime(): Failure {
  return new Failure('timeout', 'the time given with --timeout is over', { hint: 'Give a longer --timeout' });
}

function tooLate(): Failure {
  return new Failure('timeout', 'it could not be sent in time, and was not sent');
}

function outOfRequests(): Failure {
  return new Failure('limited', 'the project has used its requests of this hour', {
    hint: 'Wait, or give a longer --timeout',
  });
}
