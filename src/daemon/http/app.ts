import { randomUUID } from 'node:crypto';
import { Hono } from 'hono';
import { secureHeaders } from 'hono/secure-headers';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import type { Principal } from '../../core/access/principal.ts';
import { Failure, toFailure } from '../../core/failure.ts';
import type { Log } from '../../core/log.ts';
import type { Clock } from '../../core/world.ts';
import type { Bindings } from '../api/environment.ts';
import type { Knock } from '../api/identify.ts';
import { problemOf } from '../api/problem.ts';
import type { FindAddress } from './address.ts';
import type { HttpEnvironment } from './environment.ts';
import { addHealth, type Health } from './health.ts';

export interface AppOptions extends Omit<Health, 'mayMeasure'> {
  readonly log: Log;
  readonly clock: Pick<Clock, 'now'>;
  readonly findAddress: FindAddress;
  /** Whether that peer may speak at all. */
  readonly isPeer: (peer: string | undefined) => boolean;
  /** Who asks; rejects for somebody unknown. */
  readonly identify: (knock: Knock) => Promise<Principal>;
  /** Answers all that is not about the daemon's health, and lets callers in by itself. */
  readonly api: { fetch(request: Request, bindings: Bindings): Response | Promise<Response> };
}

const quiet = ['/healthz', '/readyz', '/metrics'];

/** Everything that the daemon answers: each request with an id, written down and counted. */
export function createBase(options: AppOptions): Hono<HttpEnvironment> {
  const { log, clock, metrics, findAddress, identify, isPeer, api } = options;
  const app = new Hono<HttpEnvironment>();
  const requests = metrics.counter('cloudctl_http_requests_total', 'Requests answered');
  const seconds = metrics.histogram(
    'cloudctl_http_request_seconds',
    'Time from request to answer',
    [0.005, 0.02, 0.1, 0.5, 2, 10],
  );

  app.use(async (c, next) => {
    const begun = clock.now();
    const requestId = saneId(c.req.header('x-request-id')) ?? randomUUID();
    const { via, incoming } = c.env;
    const forwarded = c.req.header('x-forwarded-for');
    const address = via === 'socket' ? via : findAddress(incoming.socket.remoteAddress, forwarded);
    const about: Bindings['about'] = {};
    c.set('request', { via, requestId, address, about, incoming });
    await next();
    c.res.headers.set('x-request-id', requestId);
    const { method } = c.req;
    // What follows is a secret.
    const path = c.req.path.startsWith('/push/') ? '/push/' : c.req.path;
    const { route = quiet.find(one => one === path) ?? 'other', caller } = about;
    const { status } = c.res;
    const took = clock.now() - begun;
    requests.add({ method, route, status });
    seconds.observe(took / 1000, { route });
    const fields = { request_id: requestId, method, path, status, ms: took, caller, address };
    if (quiet.includes(path)) log.debug('request', fields);
    else log.info('request', fields);
  });
  app.use(secureHeaders({ strictTransportSecurity: false, crossOriginResourcePolicy: 'same-origin' }));
  app.use(async (c, next) => {
    const { via, incoming } = c.get('request');
    if (via === 'tcp' && !isPeer(incoming.socket.remoteAddress)) {
      throw new Failure('forbidden', 'plain http is spoken with the proxy only', { hint: 'Use the https address' });
    }
    await next();
  });
  app.use(async (c, next) => {
    // With its dots resolved it would be another path than the one that a proxy before the daemon has let through.
    const [path = ''] = (c.get('request').incoming.url ?? '').split('?');
    if (path !== new URL(c.req.url).pathname) throw new Failure('not_found', 'there is nothing at that path');
    await next();
  });
  addHealth(app, {
    ...options,
    mayMeasure: async c => {
      const authorization = c.req.header('authorization');
      return identify({ via: c.get('request').via, authorization }).then(
        ({ grants }) => grants['daemon:read'] === 'all',
        () => false,
      );
    },
  });
  app.all('*', c => api.fetch(c.req.raw, c.get('request')));
  app.onError((error, c) => {
    const failure = toFailure(error);
    if (failure.code === 'unexpected') log.error('a request failed', { request_id: c.get('request').requestId, error });
    const { status, body } = problemOf(failure);
    return c.json(body, status as ContentfulStatusCode);
  });
  return app;
}

function saneId(given: string | undefined): string | undefined {
  return given && /^[\w.:-]{1,128}$/.test(given) ? given : undefined;
}
