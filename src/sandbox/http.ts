import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import { schedule, settle } from './actions.ts';
import { answer, type Project, problemReply, type Request } from './api.ts';
import { type FaultRule, type Faults, usualCode } from './faults.ts';
import { Problem } from './problem.ts';
import type { Reply } from './route.ts';

const bodyLimit = 1024 * 1024;

/** One request and what was answered; status 0 when the connection was dropped or left hanging. */
export interface Exchange {
  method: string;
  /** From the root, such as /v1/servers, without query. */
  path: string;
  query: string;
  requestHeaders: Record<string, string | string[] | undefined>;
  requestBody: unknown;
  status: number;
  responseBody: unknown;
  /** The kind of the fault that spoilt the exchange, if one did. */
  fault?: FaultRule['kind'];
}

/** What the edge needs to know. */
export interface Edge {
  project(): Project;
  faults: Faults;
  now(): number;
  after(ms: number, run: () => void): void;
  latency: number;
  received(record: { method: string; path: string; body: unknown }): void;
  /** Absent where nobody looks on, which saves parsing every reply. */
  observe: ((exchange: Exchange) => void) | undefined;
}

/** Answers one request below /v1: reads it, lets a fault spoil it if one is due, and sends the reply. */
export async function serveApi(edge: Edge, message: IncomingMessage, response: ServerResponse, url: URL) {
  const text = await readBody(message);
  const project = edge.project();
  const method = message.method ?? 'GET';
  const request: Request = {
    method,
    path: url.pathname.slice('/v1'.length),
    query: url.searchParams,
    authorization: message.headers.authorization,
    body: text ?? '',
    url: url.origin + url.pathname,
  };
  const requestBody = parse(request.body);
  edge.received({ method, path: request.path + url.search, body: requestBody });
  const rule = edge.faults.next(method, request.path);
  const reply = text === undefined ? problemReply(tooLarge) : prepare(edge, project, request, rule);
  const delay = edge.latency + (rule?.kind === 'late' ? 0 : (rule?.delay ?? 0));
  const body = reply?.body === undefined ? '' : JSON.stringify(reply.body);
  const send = () => {
    if (reply) sendReply(edge, project, message, response, reply, body, rule);
    else if (rule?.kind !== 'hang') message.socket.destroy();
    edge.observe?.({
      method,
      path: url.pathname,
      query: url.search.slice(1),
      requestHeaders: message.headers,
      requestBody,
      status: reply?.status ?? 0,
      responseBody: body === '' ? undefined : parse(body),
      ...(rule && rule.kind !== 'delay' && { fault: rule.kind }),
    });
  };
  if (delay > 0) edge.after(delay, send);
  else send();
}

const tooLarge = new Problem(413, 'invalid_input', 'the request body is too large');

/** Does the deed where the fault lets it happen; undefined means that no reply is sent. */
function prepare(edge: Edge, project: Project, request: Request, rule: FaultRule | undefined): Reply | undefined {
  const { state } = project;
  const now = edge.now();
  switch (rule?.kind) {
    case 'reset':
    case 'hang':
      return undefined;
    case 'lost':
      answer(project, request, now);
      return undefined;
    case 'late':
      settle(state, now);
      schedule(state, { due: now + (rule.delay ?? 0), run: () => void answer(project, request, state.now) });
      return undefined;
    case 'status': {
      const status = rule.status ?? 500;
      const code = rule.code ?? usualCode(status);
      project.limiter.take(now);
      return problemReply(new Problem(status, code, rule.message ?? code.replaceAll('_', ' ')));
    }
    case 'garbage':
      return { status: rule.status ?? 200 };
    case 'fail': {
      state.failing = { code: rule.code ?? 'action_failed', message: rule.message ?? 'Action failed' };
      const reply = answer(project, request, now);
      state.failing = undefined;
      return reply;
    }
    default:
      return answer(project, request, now);
  }
}

function sendReply(
  edge: Edge,
  project: Project,
  message: IncomingMessage,
  response: ServerResponse,
  reply: Reply,
  body: string,
  rule: FaultRule | undefined,
): void {
  response.statusCode = reply.status;
  const headers = { ...project.limiter.headers(edge.now()), ...reply.headers, ...rule?.headers };
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  response.setHeader('X-Correlation-Id', randomBytes(8).toString('hex'));
  if (rule?.kind === 'garbage') {
    response.setHeader('Content-Type', 'text/html');
    response.end('<html><body><h1>Welcome to the proxy</h1></body></html>\n');
    return;
  }
  if (body === '') {
    response.end();
    return;
  }
  response.setHeader('Content-Type', 'application/json');
  let bytes = Buffer.from(body);
  if (bytes.length > 1024 && /\bgzip\b/.test(String(message.headers['accept-encoding'] ?? ''))) {
    bytes = gzipSync(bytes, { level: 1 });
    response.setHeader('Content-Encoding', 'gzip');
  }
  response.setHeader('Content-Length', bytes.length);
  if (rule?.kind === 'cutoff') {
    response.write(bytes.subarray(0, Math.floor(bytes.length / 2)), () => message.socket.destroy());
    return;
  }
  response.end(bytes);
}

/** The body as text; undefined when it is too large to be a request of this API. */
export async function readBody(message: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  // A body that is too large is read to its end and dropped, so that the client gets its answer.
  for await (const chunk of message as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size <= bodyLimit) chunks.push(chunk);
  }
  return size <= bodyLimit ? Buffer.concat(chunks).toString('utf8') : undefined;
}

function parse(text: string): unknown {
  try {
    return text === '' ? undefined : JSON.parse(text);
  } catch {
    return text;
  }
}
