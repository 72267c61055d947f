import type { Api } from '../../core/api.ts';
import { Failure } from '../../core/failure.ts';
import type { Metrics } from '../../core/hetzner/types.ts';
import { mergeMetrics, type Range, splitRange } from '../../core/metrics/range.ts';
import { pool } from '../../core/pool.ts';

/** What is asked of one server; `step` in seconds. */
export interface MetricsQuery extends Range {
  readonly types: readonly string[];
  readonly step?: number;
}

const atOnce = 4;

/** The metrics of a server, in as many requests as the step takes. */
export async function readMetrics(api: Api, id: number, { types, step, ...range }: MetricsQuery): Promise<Metrics> {
  const parts = await pool(splitRange(range, step), atOnce, async ({ start, end }) => {
    const query = { type: types, start: stamp(start), end: stamp(end), step };
    const { metrics } = await api.send<{ metrics?: Metrics }>('GET', `servers/${id}/metrics`, undefined, query);
    if (metrics) return metrics;
    throw new Failure('unreachable', `the answer for the metrics of server ${id} has no 'metrics'`);
  });
  return mergeMetrics(parts);
}

/** The time (ms) in UTC, to the second. */
export function stamp(time: number): string {
  return new Date(time).toISOString().replace(/\.\d+Z$/, 'Z');
}
