import { settle } from './actions.ts';
import type { Limiter } from './limiter.ts';
import { Problem } from './problem.ts';
import type { Finder, Reply } from './route.ts';
import type { State } from './state.ts';

/** A request below /v1 as it came over the wire. */
export interface Request {
  method: string;
  /** Below /v1, beginning with a slash. */
  path: string;
  query: URLSearchParams;
  authorization: string | undefined;
  /** By which a call that is sent again is known. */
  idempotencyKey: string | undefined;
  body: string;
  /** The address of the path, for links to other pages. */
  url: string;
}

/** What answers requests: the project, its routes, its bucket of requests, its two tokens, and who else is let in. */
export interface Project {
  state: State;
  find: Finder;
  limiter: Limiter;
  token: string;
  readOnlyToken: string;
  /** Whether a token of somebody who signed in opens everything. */
  admits(token: string): boolean;
  /** Answers to those who signed in, by the key of their call: a daemon in front of Hetzner knows calls again, Hetzner does not. */
  answered: Map<string, Reply>;
}

/** Plays what is due by `now` (ms) and answers the request; never throws. */
export function answer(project: Project, request: Request, now: number): Reply {
  try {
    settle(project.state, now);
    return dispatch(project, request, now);
  } catch (error) {
    if (error instanceof Problem) return problemReply(error);
    process.stderr.write(`cloudctl sandbox: ${request.method} ${request.path}: ${(error as Error).stack}\n`);
    return problemReply(new Problem(500, 'server_error', 'an error within the sandbox'));
  }
}

/** An error reply. */
export function problemReply({ status, code, message, details }: Problem): Reply {
  return { status, body: { error: { code, message, details } } };
}

function dispatch(project: Project, request: Request, now: number): Reply {
  const { state, find, limiter, answered } = project;
  if (!limiter.take(now)) {
    const limit = limiter.headers(now)['RateLimit-Limit'];
    throw new Problem(429, 'rate_limit_exceeded', `limit of ${limit} requests per hour reached`);
  }
  // Hetzner looks the path up before it looks at the token.
  const found = find(request.method, request.path);
  if (!found) throw new Problem(404, 'not_found', 'api route not found');
  if (!found.route) throw new Problem(405, 'method_not_allowed', 'method not allowed');
  const key = authorize(request, project) === 'person' ? request.idempotencyKey : undefined;
  const before = key === undefined ? undefined : answered.get(key);
  if (before) return before;
  const { params } = found;
  const reply = found.route.handle({
    state,
    params,
    id: Number(params.id ?? 0),
    query: request.query,
    body: parseBody(request.body),
    url: request.url,
  });
  if (key !== undefined) answered.set(key, reply);
  return reply;
}

/** Who calls; throws 401 where that is nobody who may. */
function authorize({ authorization, method }: Request, { token, readOnlyToken, admits }: Project): 'token' | 'person' {
  const given = /^bearer +(\S+)$/i.exec(authorization ?? '')?.[1];
  if (given === undefined) throw new Problem(401, 'unauthorized', 'token is required');
  if (given === token) return 'token';
  if (given !== readOnlyToken) {
    if (admits(given)) return 'person';
    throw new Problem(401, 'unauthorized', 'the token you have provided is invalid');
  }
  if (method !== 'GET') throw new Problem(401, 'token_readonly', 'the token is only allowed to perform GET requests');
  return 'token';
}

function parseBody(text: string): unknown {
  if (text.trim() === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    throw new Problem(400, 'json_error', 'the request body is not valid JSON');
  }
}
