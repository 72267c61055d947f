import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { schedule, settle } from './actions.ts';
import { answer, type Project, problemReply, type Request } from './api.ts';
import { type FaultRule, type Faults, usualCode } from './faults.ts';
import { Problem } from './problem.ts';
import type { Reply } from './route.ts';
import { hold, readBody, spoil, transmit, type Wire } from './wire.ts';

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
export interface Edge extends Wire {
  project(): Project;
  faults: Faults;
  now(): number;
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
    idempotencyKey: message.headers['idempotency-key']?.toString(),
    body: text ?? '',
    url: url.origin + url.pathname,
  };
  const requestBody = parse(request.body);
  edge.received({ method, path: request.path + url.search, body: requestBody });
  const rule = edge.faults.next(method, request.path);
  const reply = text === undefined ? problemReply(tooLarge) : prepare(edge, project, request, rule);
  const body = reply?.body === undefined ? '' : JSON.stringify(reply.body);
  hold(edge, rule, () => {
    const headers = {
      ...project.limiter.headers(edge.now()),
      ...reply?.headers,
      'X-Correlation-Id': randomBytes(8).toString('hex'),
    };
    transmit(message, response, reply && { status: reply.status, headers, type: 'application/json', body }, rule);
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
  });
}

const tooLarge = new Problem(413, 'invalid_input', 'the request body is too large');

/** Does the deed where the fault lets it happen; undefined means that no reply is sent. */
function prepare(edge: Edge, project: Project, request: Request, rule: FaultRule | undefined): Reply | undefined {
  const { state } = project;
  const now = edge.now();
  if (rule?.kind === 'late') {
    settle(state, now);
    schedule(state, { due: now + (rule.delay ?? 0), run: () => void answer(project, request, state.now) });
    return undefined;
  }
  if (rule?.kind === 'fail') {
    state.failing = { code: rule.code ?? 'action_failed', message: rule.message ?? 'Action failed' };
  }
  const reply = spoil<Reply>(rule, {
    answer: () => answer(project, request, now),
    garble: status => ({ status }),
    refuse(status, { code = usualCode(status), message = code.replaceAll('_', ' ') }) {
      project.limiter.take(now);
      return problemReply(new Problem(status, code, message));
    },
  });
  state.failing = undefined;
  return reply;
}

function parse(text: string): unknown {
  try {
    return text === '' ? undefined : JSON.parse(text);
  } catch {
    return text;
  }
}
