import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { isDeepStrictEqual } from 'node:util';
import { onTestFinished } from 'vitest';

/** A request that must come, and what becomes of it. */
export interface Expected {
  /** Such as `GET /servers?page=1`: method, and path and query below the endpoint, decoded; or a pattern for both. */
  readonly request: string | RegExp;
  /** The body that must come with it. */
  readonly body?: unknown;
  /** Default 200. */
  readonly status?: number;
  /** Sent as JSON. */
  readonly answer?: unknown;
  /** Sent as it is, in place of `answer`. */
  readonly text?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Instead of a whole answer: drop the connection, never answer, or drop it in the middle of the answer. */
  readonly behaviour?: 'reset' | 'hang' | 'cutoff';
  /** Called when the request has come, before it is answered. */
  readonly meanwhile?: () => void;
}

/** A request that came. */
export interface Received {
  /** `GET /servers?page=1`. */
  readonly request: string;
  readonly headers: IncomingMessage['headers'];
  /** What its JSON says, or the text of another type. */
  readonly body: unknown;
}

/** A server on loopback that plays a script. */
export interface Scripted {
  /** The endpoint, `http://127.0.0.1:PORT/v1`. */
  readonly url: string;
  readonly received: readonly Received[];
}

/** Starts a server for the running test that answers as scripted, in order (or in any order); the test fails for missing and surplus requests. */
export async function scripted(script: readonly Expected[], options: { anyOrder?: boolean } = {}): Promise<Scripted> {
  const left = [...script];
  const received: Received[] = [];
  const surplus: string[] = [];

  const server = createServer(async (message, response) => {
    const came = await readRequest(message);
    received.push(came);
    const index = left.findIndex(expected => matches(expected, came));
    if (index < 0 || (index > 0 && !options.anyOrder)) {
      surplus.push(`${came.request} ${JSON.stringify(came.body) ?? ''}`.trim());
      return send(response, {
        status: 418,
        answer: { error: { code: 'unscripted', message: 'this was not expected' } },
      });
    }
    const [expected] = left.splice(index, 1);
    expected!.meanwhile?.();
    send(response, expected!);
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));

  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise(resolve => server.close(resolve));
    const faults = [
      ...surplus.map(request => `not expected: ${request}`),
      ...left.map(({ request }) => `did not come: ${request}`),
    ];
    if (faults.length > 0) throw new Error(`the script was not followed:\n${faults.join('\n')}`);
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`, received };
}

async function readRequest(message: IncomingMessage): Promise<Received> {
  let text = '';
  for await (const chunk of message.setEncoding('utf8')) text += chunk;
  const path = decodeURIComponent((message.url ?? '').replace(/^\/v1/, ''));
  return {
    request: `${message.method} ${path}`,
    headers: message.headers,
    body: text === '' ? undefined : isJson(message) ? JSON.parse(text) : text,
  };
}

function isJson({ headers }: IncomingMessage): boolean {
  return headers['content-type']?.includes('json') ?? false;
}

function matches({ request, body }: Expected, came: Received): boolean {
  const fits = typeof request === 'string' ? request === came.request : request.test(came.request);
  return fits && (body === undefined || isDeepStrictEqual(body, came.body));
}

function send(response: ServerResponse, { status = 200, answer, text, headers, behaviour }: Omit<Expected, 'request'>) {
  if (behaviour === 'hang') return;
  if (behaviour === 'reset') return void response.socket?.destroy();
  const body = text ?? (answer === undefined ? '' : JSON.stringify(answer));
  const type = text === undefined ? 'application/json' : 'text/html';
  response.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(body), ...headers });
  if (behaviour !== 'cutoff') return void response.end(body);
  response.write(body.slice(0, body.length / 2), () => response.socket?.destroy());
}
