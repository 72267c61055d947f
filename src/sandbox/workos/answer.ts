import type { IncomingHttpHeaders } from 'node:http';
import { createFinder } from '../route.ts';
import { codedProblem, oauthProblem, WorkosProblem } from './problem.ts';
import type { Realm, WorkosCall, WorkosReply } from './realm.ts';
import { workosRoutes } from './routes.ts';

const find = createFinder(workosRoutes);

/** A request as it came over the wire. */
export interface WorkosRequest {
  method: string;
  url: URL;
  headers: IncomingHttpHeaders;
  /** Undefined where it was too large. */
  text: string | undefined;
}

/** Answers the request; never throws. */
export function answer(realm: Realm, request: WorkosRequest): WorkosReply {
  try {
    return dispatch(realm, request);
  } catch (error) {
    if (error instanceof WorkosProblem) return problemReply(error);
    process.stderr.write(`cloudctl sandbox: ${request.method} ${request.url.pathname}: ${(error as Error).stack}\n`);
    return problemReply(codedProblem(500, 'internal_server_error', 'An error within the sandbox.'));
  }
}

/** An error reply. */
export function problemReply({ status, body, headers }: WorkosProblem): WorkosReply {
  return { status, body, headers };
}

/** The fields of a form or of a JSON object; throws 400 for anything else. */
export function parseBody({ headers, text = '' }: Pick<WorkosRequest, 'headers' | 'text'>): WorkosCall['body'] {
  if (/^application\/x-www-form-urlencoded\b/i.test(headers['content-type'] ?? '')) {
    return Object.fromEntries(new URLSearchParams(text));
  }
  if (text.trim() === '') return {};
  try {
    const value: unknown = JSON.parse(text) ?? {};
    if (typeof value === 'object' && !Array.isArray(value)) return value as WorkosCall['body'];
  } catch {
    // Said below, like JSON of another shape.
  }
  throw oauthProblem('invalid_request', 'The body is neither a form nor a JSON object.');
}

function dispatch(realm: Realm, { method, url, headers, text }: WorkosRequest): WorkosReply {
  const found = find(method, url.pathname);
  if (!found?.route) throw codedProblem(404, 'not_found', `There is no ${method} ${url.pathname}.`);
  if (text === undefined) throw codedProblem(413, 'invalid_request_body', 'The body is too large.');
  const { route, params } = found;
  if (route.isAdministration) requireKey(realm, headers.authorization);
  return route.handle(realm, {
    method,
    path: url.pathname,
    params,
    query: url.searchParams,
    body: parseBody({ headers, text }),
    headers,
  });
}

function requireKey({ settings }: Realm, authorization = ''): void {
  const given = /^bearer +(\S+)$/i.exec(authorization)?.[1];
  if (given !== settings.apiKey) throw codedProblem(401, 'unauthorized', 'The API key is missing or wrong.');
}
