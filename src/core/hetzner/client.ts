import type { Action, TellingApi } from '../api.ts';
import { Failure } from '../failure.ts';
import type { Clock, Transport } from '../world.ts';
import type { Call } from './call.ts';
import { createExchange, type TokenSource } from './exchange.ts';
import { createUnlock } from './locks.ts';
import { createLook } from './look.ts';
import { readPages } from './pages.ts';
import { createPersistent } from './persist.ts';
import { createStarted } from './started.ts';
import { isMarkable, mark } from './traces.ts';
import { createWait } from './wait.ts';

/** A server that speaks Hetzner's dialect, and how to speak to it. */
export interface HetznerOptions {
  /** Such as `https://api.hetzner.cloud/v1`. */
  readonly endpoint: string;
  readonly token: TokenSource;
  readonly http: Transport;
  readonly clock: Clock;
  /** Ends everything that is going on with `interrupted`. */
  readonly signal?: AbortSignal;
  /** Clock time in milliseconds after which nothing is sent, tried again or waited for. */
  readonly deadline?: number;
  /** How long a call is kept up where there is no deadline, in milliseconds; by default five minutes. */
  readonly patience?: number;
  /** Milliseconds for one exchange; 0 is no bound. */
  readonly httpTimeout: number;
  /** Milliseconds between two polls of an action, constant when given. */
  readonly pollInterval?: number;
  readonly userAgent: string;
  /** False when the server knows repeated calls by an `Idempotency-Key`, as the daemon does; default true: Hetzner does not. */
  readonly direct?: boolean;
  /** Milliseconds: a change is sent once, within so long, and what fails is not tried again. For who has to find out before each sending whether it is still his to do. */
  readonly once?: number;
  /** From 0 up to 1, for the jitter; default Math.random. */
  readonly random?: () => number;
}

/** The API at an endpoint: what fails is tried again as far as that is safe, so that a change is made once or the Failure says that it is open. */
export function hetznerApi(options: HetznerOptions): TellingApi {
  const { clock, signal, deadline, patience, direct = true, random = Math.random, once } = options;
  const started = createStarted();
  let skew = 0;
  const exchange = createExchange({
    ...options,
    endpoint: parseEndpoint(options.endpoint),
    onSkew: now => {
      skew = now;
    },
  });
  // What looks, unlocks and waits makes calls itself, which are tried again like any other.
  const send = createPersistent({
    send: exchange,
    clock,
    signal,
    deadline,
    patience,
    random,
    keyed: !direct,
    look: (call, search) => look(call, search),
    unlock: (call, round, until) => unlock(call, round, until),
  });
  const wait = createWait({ send, clock, signal, pollInterval: options.pollInterval }, deadline);
  const look = createLook({ send, clock, signal, skew: () => skew, isOurs: started.has });
  const unlock = createUnlock({
    send,
    clock,
    signal,
    wait: (actions: readonly Action[], until) => wait(actions, undefined, until),
  });

  return {
    list: (path, query, reading) => readPages(send, path, query, { ...reading, signal }),
    async send<T>(method: Call['method'], path: string, body?: unknown, query?: Call['query']) {
      const call = { method, path, body, query };
      const sent = method === 'POST' ? await recognisable(call, direct) : call;
      const isOnce = once !== undefined && method !== 'GET';
      const answer = isOnce ? await exchange({ ...sent, signal, sendBy: clock.now() + once }) : await send(sent);
      started.note(answer.body);
      return answer.body as T;
    },
    wait: (actions, onProgress) => wait(actions, onProgress),
    async listen(path, query, { after, hear, signal }) {
      const { createEventReader, quiet } = await import('../events/read.ts');
      const headers = { accept: 'text/event-stream', ...(after !== undefined && { 'last-event-id': after }) };
      const pieces = { take: createEventReader(hear), patience: quiet };
      await exchange({ method: 'GET', path, query, headers, pieces, signal });
    },
  };
}

/** The call with what lets its effect be recognised when it has to be sent again. */
async function recognisable(call: Call, direct: boolean): Promise<Call> {
  if (direct && !isMarkable(call)) return call;
  const { randomUUID } = await import('node:crypto');
  return direct ? mark(call, randomUUID()) : { ...call, headers: { 'idempotency-key': randomUUID() } };
}

function parseEndpoint(text: string): URL {
  if (URL.canParse(text)) return new URL(text);
  throw new Failure('usage', `the endpoint is not a URL: ${text}`, { hint: 'Such as https://api.hetzner.cloud/v1' });
}
