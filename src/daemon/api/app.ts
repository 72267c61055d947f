import { randomUUID } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { type Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { streamSSE } from 'hono/streaming';
import { Failure, toFailure } from '../../core/failure.ts';
import type { Tools } from '../tools.ts';
import { change, enterRefusal } from './change.ts';
import { describeApi } from './describe/openapi.ts';
import { pagePolicy, renderPage } from './describe/page.ts';
import { type Mask, reasonOf } from './entries.ts';
import { readListening, writeEvents } from './events/stream.ts';
import { createTail } from './events/tail.ts';
import { createIdentify, type Doors, type Knock } from './identify.ts';
import { listBody, readQuery } from './list.ts';
import { problemOf } from './problem.ts';
import { createRefusalLimit } from './refusal-limit.ts';
import { type Answer, createRepeats, digest } from './repeats.ts';
import { isReading, type Route, requireServices, routesOf, served } from './routes.ts';
import type { Caller, Paged, Request, Service } from './service.ts';

/** What each request brings, beside itself. */
export interface Bindings {
  /** Which listener it came through; a request that does not say is taken for one from outside. */
  readonly via?: Knock['via'];
  readonly incoming?: IncomingMessage;
  /** Where it was known before; else made here. */
  readonly requestId?: string;
  readonly address?: string;
  /** Filled in for the access log: which route it took, and who asked. */
  readonly about?: { route?: string; caller?: string };
}

type Env = { Bindings: Bindings; Variables: { requestId: string; caller: Caller } };
type Asking = Context<Env>;

export type AppTools = Pick<Tools, 'store' | 'audit' | 'clock' | 'log' | 'hetzner' | 'signal'>;

/** What the configuration says about the API. */
export interface AppOptions extends Doors {
  /** What stands in the audit log for a secret. */
  readonly mask: Mask;
}

const base = '/cloudctl/v1';
const largest = 2 ** 20;
const mostListeners = 100;

/** The daemon's own API over HTTP: routes, checks and descriptions by the declarations, deeds by the services, one of each resource's name. Throws `unexpected` when a declared verb has nothing that does it. */
export function createApp(
  tools: AppTools,
  services: Readonly<Record<string, Service>>,
  options: AppOptions,
): Hono<Env> {
  const routes = routesOf(served);
  requireServices(routes, services);
  const identify = createIdentify(options);
  const repeats = createRepeats(tools);
  const mayEnter = createRefusalLimit(tools.clock);
  // Every listener to events listens to it.
  setMaxListeners(0, tools.signal);
  const tail = createTail(tools);
  const app = new Hono<Env>();

  app.use(async (c, next) => {
    c.set('requestId', c.env?.requestId ?? randomUUID());
    await next();
    c.res.headers.set('x-correlation-id', c.get('requestId'));
    c.res.headers.set('x-content-type-options', 'nosniff');
    if (!c.res.headers.has('cache-control')) c.res.headers.set('cache-control', 'no-store');
  });
  app.onError((error, c) => {
    const failure = toFailure(error);
    if (failure.code === 'unexpected') {
      tools.log.error('request failed', { request_id: c.get('requestId'), error: error.stack ?? error.message });
    }
    const { status, body, headers } = problemOf(failure);
    return c.json(body, status as 500, headers);
  });
  app.notFound(c => {
    throw new Failure('not_found', `there is no ${c.req.method} ${c.req.path}`);
  });
  app.use(
    `${base}/*`,
    bodyLimit({
      maxSize: largest,
      onError: () => {
        throw new Failure('refused', `the body is larger than ${largest} bytes`, { apiCode: 'invalid_input' });
      },
    }),
  );

  app.use(`${base}/*`, async (c, next) => {
    const address = addressOf(c);
    const requestId = c.get('requestId');
    const authorization = c.req.header('authorization');
    try {
      const known = await identify({ via: c.env?.via ?? 'tcp', authorization });
      c.set('caller', { ...known, requestId, address });
      if (c.env?.about) c.env.about.caller = known.name;
    } catch (error) {
      const { code, details } = toFailure(error);
      const refusal = code === 'unauthorized' || code === 'forbidden' ? mayEnter() : undefined;
      if (refusal) {
        const more = refusal.untold > 0 ? ` (${refusal.untold} more were not entered)` : '';
        await enterRefusal(tools, {
          actor: (details as { actor?: string } | undefined)?.actor ?? 'unknown',
          action: `request.${c.req.method.toLowerCase()}`,
          target: { type: 'path', id: c.req.path },
          requestId,
          address,
          reason: `${reasonOf(toFailure(error))}${more}`,
        });
      }
      throw error;
    }
    await next();
  });

  for (const route of routes) {
    const service = services[route.resource.name]!;
    const path = `${base}/${route.path.replace(':id', ':id{[0-9]+}')}`;
    const answer = isReading(route.verb.kind)
      ? (c: Asking) => read(tools, route, service, c)
      : async (c: Asking) => {
          const text = await c.req.text();
          const asked = { caller: c.get('caller'), id: idOf(c), text };
          const deed = () => change({ ...tools, mask: options.mask }, route, service, asked);
          const key = c.req.header('idempotency-key');
          if (key === undefined || route.method !== 'POST') return reply(c, await deed());
          const request = digest(asked.caller.name, c.req.method, c.req.path, text);
          return reply(c, await repeats.once(requireKey(key), request, () => settle(deed)));
        };
    app.on(route.method, path, c => {
      if (c.env?.about) c.env.about.route = `${base}/${route.path}`;
      return answer(c);
    });
  }
  app.get(`${base}/actions`, async c => {
    const id = c.req.queries('id')?.map(Number) ?? [];
    if (id.length === 0 || id.length > 50 || !id.every(Number.isSafeInteger))
      throw new Failure('usage', 'give ids of actions: id=1&id=2');
    return c.json((await tools.hetzner.send<object>('GET', 'actions', undefined, { id })) ?? {});
  });
  const description = describeApi(routes, served);
  app.get('/openapi.json', c => c.json(description));
  app.get('/docs', c => c.html(renderPage(description), 200, { 'content-security-policy': pagePolicy }));
  let listeners = 0;
  app.get(`${base}/events`, c => {
    const listening = readListening(c.req.header('last-event-id'), new URL(c.req.url).searchParams);
    if (listeners >= mostListeners) throw new Failure('limited', `${mostListeners} are listening already`);
    listeners += 1;
    c.header('x-accel-buffering', 'no');
    return streamSSE(c, async stream => {
      try {
        await writeEvents(tools, tail, listening, stream);
      } catch (error) {
        tools.log.warn('events broken off', { request_id: c.get('requestId'), error: toFailure(error).message });
      } finally {
        listeners -= 1;
      }
    });
  });
  return app;
}

/** What serves requests of one listener: only those of the socket are taken for the local user's. */
export function fetchVia(app: Hono<Env>, via: Knock['via']) {
  return (request: globalThis.Request, env: object = {}) => app.fetch(request, { ...env, via });
}

async function read(tools: AppTools, route: Route, service: Service, c: Asking): Promise<Response> {
  const asked = readQuery(route, new URL(c.req.url).searchParams);
  const request: Request = {
    caller: c.get('caller'),
    id: idOf(c),
    input: asked.input,
    query: asked.query,
    signal: tools.signal,
  };
  const answer = await service[route.name]!(request);
  if (route.verb.kind !== 'list') return reply(c, { status: 200, body: answer });
  return reply(c, { status: 200, body: listBody(route.resource, asked, answer as readonly unknown[] | Paged) });
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

function addressOf({ env }: Asking): string {
  if (env?.address !== undefined) return env.address;
  return env?.via === 'socket' ? 'socket' : (env?.incoming?.socket.remoteAddress ?? 'unknown');
}
