import { Failure, toFailure } from '../../core/failure.ts';
import { readText } from './body.ts';
import { type ChangeTools, change } from './change.ts';
import type { Asking } from './environment.ts';
import { listBody, readQuery } from './list.ts';
import { problemOf } from './problem.ts';
import { type Answer, digest, type Repeats } from './repeats.ts';
import type { Route } from './routes.ts';
import type { Paged, Service } from './service.ts';

type Handler = (c: Asking) => Promise<Response>;

/** Answers a route that changes nothing. */
export function handleReading(route: Route, service: Service, signal: AbortSignal): Handler {
  return async c => {
    const asked = readQuery(route, new URL(c.req.url).searchParams);
    const { input, query } = asked;
    const answer = await service[route.name]!({ caller: c.get('caller'), id: idOf(c), input, query, signal });
    if (route.verb.kind !== 'list') return reply(c, { status: 200, body: answer });
    return reply(c, { status: 200, body: listBody(route.resource, asked, answer as readonly unknown[] | Paged) });
  };
}

/** Answers a route that changes something; a POST with an `Idempotency-Key` is done once. */
export function handleChange(route: Route, service: Service, tools: ChangeTools, repeats: Repeats): Handler {
  return async c => {
    const text = await readText(c.req.raw);
    const caller = c.get('caller');
    const id = idOf(c);
    const deed = () => change(tools, route, service, { caller, id, text });
    const key = c.req.header('idempotency-key');
    if (key === undefined || route.method !== 'POST') return reply(c, await deed());
    const request = digest(caller.name, c.req.method, c.req.path, text);
    return reply(c, await repeats.once(`${caller.name} ${requireKey(key)}`, request, () => settle(deed)));
  };
}

/** A failure as the answer that it is: those are given again too. A bug is thrown on, to be logged. */
async function settle(deed: () => Promise<Answer>): Promise<Answer> {
  try {
    return await deed();
  } catch (error) {
    const failure = toFailure(error);
    if (failure.code === 'unexpected') throw error;
    return problemOf(failure);
  }
}

function reply(c: Asking, { status, body }: Answer): Response {
  return body === undefined ? c.body(null, status as 204) : c.json(body as object, status as 200);
}

function idOf(c: Asking): number | undefined {
  const text = c.req.param('id');
  if (text === undefined) return undefined;
  const id = Number(text);
  if (Number.isSafeInteger(id)) return id;
  throw new Failure('not_found', `nothing has the ID '${text.slice(0, 40)}'`);
}

function requireKey(key: string): string {
  if (/^[\x21-\x7e]{1,255}$/.test(key)) return key;
  throw new Failure('refused', 'Idempotency-Key must have 1 to 255 characters without blanks', {
    apiCode: 'invalid_input',
  });
}
