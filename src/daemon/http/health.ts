import type { Hono } from 'hono';
import type { UpstreamReport } from '../service/upstream.ts';
import type { HttpEnvironment } from './environment.ts';
import type { Metrics } from './metrics.ts';

/** What `/readyz` and `cloudctl daemon status` tell of the daemon. */
export interface Status {
  readonly ready: boolean;
  readonly version: string;
  readonly pid: number;
  /** RFC 3339. */
  readonly started: string;
  readonly uptime_seconds: number;
  readonly socket: string;
  readonly listen: string | null;
  readonly store: {
    readonly kind: string;
    readonly writable: boolean;
    readonly migration: number;
    readonly error: string | null;
  };
  readonly hetzner: UpstreamReport & { readonly endpoint: string };
  readonly configuration: {
    readonly file: string | null;
    /** RFC 3339: when it was read last, well or badly. */
    readonly read: string;
    readonly error: string | null;
    readonly restart_needed_for: readonly string[];
  };
  readonly deletions_frozen: boolean;
  /** What each part adds, by its name: counts of schedules, of jobs. */
  readonly parts: Readonly<Record<string, unknown>>;
}

export interface Health {
  /** Parts that should show life and do not. */
  readonly silent: () => readonly string[];
  readonly status: () => Promise<Status>;
  readonly metrics: Metrics;
}

/** `/healthz`: the process lives; `/readyz`: it can do its work; `/metrics`. Somebody unknown is told yes or no only. */
export function addHealth(app: Hono<HttpEnvironment>, { silent, status, metrics }: Health): void {
  app.get('/healthz', c => {
    const parts = silent();
    return c.json(
      { status: parts.length === 0 ? 'ok' : 'silent', silent: c.get('caller') ? parts : undefined },
      parts.length === 0 ? 200 : 503,
    );
  });
  app.get('/readyz', async c => {
    const report = await status();
    return c.json(c.get('caller') ? report : { ready: report.ready }, report.ready ? 200 : 503);
  });
  app.get('/metrics', async c =>
    c.text(await metrics.write(), 200, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' }),
  );
}
