import { randomUUID } from 'node:crypto';
import { Hono } from 'hono';
import { operations } from '../../core/access/operations.ts';
import { Failure, toFailure } from '../../core/failure.ts';
import type { SignIn } from '../gateway/people/sign-in.ts';
import { createAdmit } from './admit.ts';
import { readText } from './body.ts';
import { type Description, describeApi } from './describe/openapi.ts';
import { pagePolicy, renderPage } from './describe/page.ts';
import type { Mask } from './entries.ts';
import type { AppTools, Asking, Env } from './environment.ts';
import { handleEvents } from './events/handle.ts';
import { handleChange, handleReading } from './handle.ts';
import type { Doors } from './identify.ts';
import { problemOf } from './problem.ts';
import { createRepeats } from './repeats.ts';
import { isReading, requireServices, routesOf, served } from './routes.ts';
import type { Service } from './service.ts';
import { addCurrent, addSignIn } from './sign-in.ts';

/** What the configuration says about the API. */
export interface AppOptions extends Doors {
  /** What stands in the audit log for a secret. */
  readonly mask: Mask;
  /** Names of resources whose services enter their changes in the audit log themselves. */
  readonly selfEntering?: readonly string[];
  /** Sign-in with accounts of the store. */
  readonly signIn?: SignIn;
  /** Takes a sign of life; false for a token that nothing has. */
  readonly beat?: (token: string, ok: boolean, message: string) => Promise<boolean>;
  /** Answers Hetzner's own API, for who was let in. */
  readonly gateway?: (c: Asking) => Promise<Response>;
}

const base = '/cloudctl/v1';

/** The daemon's own API over HTTP: routes, checks and descriptions by the declarations, deeds by the services, one of each resource's name. Throws `unexpected` when a declared verb has nothing that does it. */
export function createApp(
  tools: AppTools,
  services: Readonly<Record<string, Service>>,
  { selfEntering = [], mask, beat, signIn, gateway, ...doors }: AppOptions,
): Hono<Env> {
  const routes = routesOf(served);
  requireServices(routes, services);
  const app = new Hono<Env>();
  app.use(async (c, next) => {
    c.set('requestId', c.env?.requestId ?? randomUUID());
    await next();
    c.res.headers.set('x-correlation-id', c.get('requestId'));
    c.res.headers.set('x-content-type-options', 'nosniff');
    if (!c.res.headers.has('cache-control')) c.res.headers.set('cache-control', 'no-store');
  });
  const tell = (c: Asking, failure: Failure) => {
    const { status, body, headers } = problemOf(failure);
    return c.json(body, status as 500, headers);
  };
  app.onError((error, c) => {
    const failure = toFailure(error);
    if (failure.code === 'unexpected') {
      tools.log.error('request failed', { request_id: c.get('requestId'), error: error.stack ?? error.message });
    }
    return tell(c, failure);
  });
  // Thrown here it would pass by what every answer gets.
  app.notFound(c => tell(c, new Failure('not_found', `there is no ${c.req.method} ${c.req.path.slice(0, 200)}`)));
  const admit = createAdmit(tools, doors);
  if (signIn) addSignIn(app, base, signIn, admit);
  app.use(`${base}/*`, admit.enter);
  if (signIn) addCurrent(app, base, signIn);

  const repeats = createRepeats(tools);
  for (const route of routes) {
    const service = services[route.resource.name]!;
    const handle = isReading(route.verb.kind)
      ? handleReading(route, service, tools.signal)
      : handleChange(route, service, { ...tools, mask, selfEntering }, repeats);
    const { resource, name, permission } = route;
    app.on(route.method, `${base}/${route.path.replace(':id', ':id{[0-9]+}')}`, async c => {
      if (c.env?.about) c.env.about.route = `${base}/${route.path}`;
      const target = { type: resource.name, id: c.req.param('id') ?? '' };
      await admit.require(c, permission, { action: `${resource.name}.${name}`, target });
      return handle(c);
    });
  }
  if (beat) addBeats(app, beat);
  if (gateway) {
    for (const path of ['/v1/*', '/projects/:project/v1/*']) {
      app.use(path, admit.enter);
      app.all(path, gateway);
    }
  }
  const events = handleEvents(tools, c => admit.requireStill(c, 'daemon:read'));
  for (const [path, permission, handle] of [
    ['actions', 'daemon:read', (c: Asking) => handleActions(tools, c)],
    ['events', 'daemon:read', events],
  ] as const) {
    app.get(`${base}/${path}`, async c => {
      await admit.require(c, permission, { action: 'request.get', target: { type: 'path', id: c.req.path } });
      return handle(c);
    });
  }
  addDescription(app, () => describeApi(routes, served, operations));
  return app;
}

/** The description and its page: made when somebody asks for them, and then once. */
function addDescription(app: Hono<Env>, describe: () => Description): void {
  let text: string | undefined;
  let page: string | undefined;
  app.get('/openapi.json', c => {
    text ??= JSON.stringify(describe());
    return c.body(text, 200, { 'content-type': 'application/json' });
  });
  app.get('/docs', c => {
    page ??= renderPage(describe());
    return c.html(page, 200, { 'content-security-policy': pagePolicy });
  });
}

/** Signs of life need no login: the token in the address is all they take, so that a line of cron can send them. */
function addBeats(app: Hono<Env>, beat: NonNullable<AppOptions['beat']>): void {
  app.on(
    ['GET', 'POST'],
    ['/push/:token{[A-Za-z0-9_-]{32}}', '/push/:token{[A-Za-z0-9_-]{32}}/:word{fail}'],
    async c => {
      if (c.env?.about) c.env.about.route = '/push';
      const said = c.req.method === 'POST' ? (await readText(c.req.raw)).trim() : '';
      if (!(await beat(c.req.param('token')!, c.req.param('word') === undefined, said))) {
        throw new Failure('not_found', 'no check has that token');
      }
      return c.json({ ok: true });
    },
  );
}

/** How actions stand that Hetzner carries out for the daemon: who restores a backup waits for them. */
async function handleActions({ hetzner }: AppTools, c: Asking): Promise<Response> {
  const id = c.req.queries('id')?.map(Number) ?? [];
  if (id.length === 0 || id.length > 50 || !id.every(Number.isSafeInteger)) {
    throw new Failure('usage', 'give ids of actions: id=1&id=2');
  }
  return c.json((await hetzner.send<object>('GET', 'actions', undefined, { id })) ?? {});
}
