import type { Context, Hono } from 'hono';
import type { DaemonStatus } from '../../core/daemon-status.ts';
import { Failure } from '../../core/failure.ts';
import { problemOf } from '../api/problem.ts';
import type { HttpEnvironment } from './environment.ts';
import type { Metrics } from './metrics.ts';

export interface Health {
  /** Parts that should show life and do not. */
  readonly silent: () => readonly string[];
  readonly status: () => Promise<DaemonStatus>;
  readonly metrics: Metrics;
  /** Whether who asks may know how the daemon is: `daemon:read`. */
  readonly mayMeasure: (c: Context<HttpEnvironment>) => Promise<boolean>;
}

/** `/healthz`: the process lives; `/readyz`: it can do its work; `/metrics`. Others are told yes or no only. */
export function addHealth(app: Hono<HttpEnvironment>, { silent, status, metrics, mayMeasure }: Health): void {
  app.get('/healthz', async c => {
    const parts = silent();
    return c.json(
      { status: parts.length === 0 ? 'ok' : 'silent', silent: (await mayMeasure(c)) ? parts : undefined },
      parts.length === 0 ? 200 : 503,
    );
  });
  app.get('/readyz', async c => {
    const report = await status();
    return c.json((await mayMeasure(c)) ? report : { ready: report.ready }, report.ready ? 200 : 503);
  });
  app.get('/metrics', async c => {
    if (await mayMeasure(c)) {
      return c.text(await metrics.write(), 200, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' });
    }
    const { body, headers } = problemOf(
      new Failure('unauthorized', 'no token was given, or one that may not read this'),
    );
    return c.json(body, 401, headers);
  });
}
