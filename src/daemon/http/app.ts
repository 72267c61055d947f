import { randomUUID } from 'node:crypto';
import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { matchedRoutes } from 'hono/route';
import { secureHeaders } from 'hono/secure-headers';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { Failure, toFailure } from '../../core/failure.ts';
import type { Log } from '../../core/log.ts';
import type { Clock } from '../../core/world.ts';
import type { FindAddress } from './address.ts';
import type { FindCaller } from './caller.ts';
import type { HttpEnvironment } from './environment.ts';
import { errorAnswer } from './errors.ts';
import { addHealth, type Health } from './health.ts';

export interface AppOptions extends Health {
  readonly log: Log;
  readonly clock: Pick<Clock, 'now'>;
  readonly findAddress: FindAddress;
  readonly findCaller: FindCaller;
  /** Adds what is served besides the health; all of it is for known callers only. */
  readonly mount: (app: Hono<HttpEnvironment>) => void;
}

const mebibyte = 2 ** 20;
const quiet = ['/healthz', '/readyz', '/metrics'];
const open = ['/healthz', '/readyz'];

/** Everything that the daemon answers: each request with an id, written down, counted, bounded; each failure in Hetzner's dialect. */
export function createBase(options: AppOptions): Hono<HttpEnvironment> {
  const { log, clock, metrics, findAddress, findCaller, mount } = options;
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
    const { remoteAddress } = c.env.incoming.socket;
    const address = findAddress(remoteAddress, c.req.header('x-forwarded-for'));
    const caller = findCaller({ address, authorization: c.req.header('authorization'), requestId });
    c.set('requestId', requestId);
    c.set('address', address);
    c.set('caller', caller);
    c.header('x-request-id', requestId);
    await next();
    const { method, path } = c.req;
    const route = matchedRoutes(c).findLast(one => !one.path.includes('*'))?.path ?? 'other';
    const took = clock.now() - begun;
    requests.add({ method, route, status: c.res.status });
    seconds.observe(took / 1000, { route });
    const fields = {
      request_id: requestId,
      method,
      path,
      status: c.res.status,
      ms: took,
      caller: caller?.name,
      address,
    };
    if (quiet.includes(path)) log.debug('request', fields);
    else log.info('request', fields);
  });
  app.use(secureHeaders({ strictTransportSecurity: false, crossOriginResourcePolicy: 'same-origin' }));
  app.use(bodyLimit({ maxSize: mebibyte, onError: () => Promise.reject(tooLarge) }));
  app.use(async (c, next) => {
    if (!c.get('caller') && !open.includes(c.req.path))
      throw new Failure('unauthorized', 'who you are is not known here', {
        hint: 'Give the token of the administrator as Authorization: Bearer',
      });
    await next();
  });
  addHealth(app, options);
  mount(app);
  app.notFound(c => c.json(errorAnswer(new Failure('not_found', `nothing is served at ${c.req.path}`)).body, 404));
  app.onError((error, c) => {
    const failure = toFailure(error);
    if (failure.code === 'unexpected')
      log.error('a request failed by a bug', { request_id: c.get('requestId'), error });
    const { status, body } = errorAnswer(failure);
    return c.json(body, (failure === tooLarge ? 413 : status) as ContentfulStatusCode);
  });
  return app;
}

const tooLarge = new Failure('usage', 'the body is larger than a mebibyte');

function saneId(given: string | undefined): string | undefined {
  return given && /^[\w.:-]{1,128}$/.test(given) ? given : undefined;
}
