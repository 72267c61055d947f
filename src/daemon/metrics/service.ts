import { Failure } from '../../core/failure.ts';
import { type Asked, gapRange } from '../../core/samples/plan.ts';
import type { Bucket } from '../../core/samples/rollup.ts';
import type { Samples } from '../../core/samples/samples.ts';
import type { Clock } from '../../core/world.ts';
import type { Paged, Service } from '../api/service.ts';
import { pageOf } from '../api/services/page.ts';
import type { FleetServer } from './fleet.ts';

interface Sources {
  readonly samples: Samples;
  readonly servers: () => readonly FleetServer[] | undefined;
  readonly clock: Pick<Clock, 'now'>;
}

const hour = 3_600_000;
const day = 24 * hour;
const points = 30;
const most = 10_000;

/** What can be done with samples: seen. */
export function sampleService({ samples, servers, clock }: Sources): Service {
  return {
    async list({ input, query }): Promise<Paged> {
      const { limit, offset, name } = pageOf(query);
      const isDown = ([] as string[]).concat(query.sort ?? [])[0] === 'id:desc';
      const all = (servers() ?? []).filter(server => name === undefined || server.name === name);
      const sorted = [...all].sort((a, b) => (isDown ? b.id - a.id : a.id - b.id));
      const asked = samples.asked();
      const rows = sorted
        .slice(offset, offset + limit)
        .map(server => rowOf(server, asked.get(server.id), input.metric as string[]));
      return { rows, total: all.length };
    },
    async history({ id, input }) {
      const now = clock.now();
      const end = timeOf(input.end) ?? now;
      const start = timeOf(input.start) ?? end - day;
      if (start >= end) throw invalid('the samples would end before they start');
      const step = input.step as number | undefined;
      if (step !== undefined && (step < 1 || (end - start) / 1000 / step > most)) {
        throw invalid(`step must be 1 or more, and make at most ${most} values`);
      }
      const known = samples.metrics(id!);
      if (known.length === 0) throw new Failure('not_found', `no samples of a server with ID '${id}'`);
      return historyOf(id!, chosen(known, input.metric as string[]), { start, end, step: step && step * 1000 });
    },
  };

  function rowOf(server: FleetServer, asked: Asked | undefined, metrics: readonly string[] | undefined) {
    const { id, name, status, type, cores, labels, backups } = server;
    const now = clock.now();
    const range = { start: now - hour, end: now };
    const names = samples.metrics(id);
    const times = names.map(metric => samples.newest(id, metric) ?? 0);
    const newest = times.length > 0 ? Math.max(...times) : undefined;
    const series = chosen(names, metrics).map(metric => {
      const list = samples.samples(id, metric, range);
      const recent = Array.from({ length: points }, (_, index) => {
        const from = range.start + (index * hour) / points;
        return meanOf(list.filter(([at]) => at >= from && at < from + hour / points).map(([, value]) => value));
      });
      return [metric, { last: list.at(-1)?.[1] ?? null, recent }];
    });
    return {
      ...{ id, name, status, type, cores, labels, backups },
      newest: newest === undefined ? null : new Date(newest).toISOString(),
      lag: newest === undefined ? null : Math.max(0, now - newest),
      behind: !asked || gapRange(asked, now) !== undefined,
      series: Object.fromEntries(series),
    };
  }

  function historyOf(id: number, metrics: readonly string[], range: { start: number; end: number; step?: number }) {
    const read = metrics.map(metric => {
      const { step, buckets } = samples.history(id, metric, range);
      return { metric, step, buckets, newest: samples.newest(id, metric) ?? 0 };
    });
    const newest = Math.max(...read.map(one => one.newest));
    const asked = samples.asked().get(id);
    return {
      metrics: {
        start: new Date(range.start).toISOString(),
        end: new Date(range.end).toISOString(),
        step: (read[0]?.step ?? 0) / 1000,
        server: servers()?.find(server => server.id === id)?.name ?? null,
        newest: newest > 0 ? new Date(newest).toISOString() : null,
        complete: asked !== undefined && !asked.gaps.some(gap => gap.start < range.end && gap.end > range.start),
        time_series: Object.fromEntries(read.map(({ metric, buckets }) => [metric, seriesOf(buckets)])),
      },
    };
  }
}

function seriesOf(buckets: readonly Bucket[]) {
  return {
    values: buckets.map(({ at, sum, count }): [number, string] => [at / 1000, write(sum / count)]),
    min: buckets.map(({ min }) => write(min)),
    max: buckets.map(({ max }) => write(max)),
  };
}

/** To the seven digits that are kept. */
function write(value: number): string {
  return String(Number(value.toPrecision(7)));
}

function chosen(known: readonly string[], wanted: readonly string[] | undefined): readonly string[] {
  return wanted && wanted.length > 0
    ? known.filter(metric => wanted.some(one => metric === one || metric.startsWith(`${one}.`)))
    : known;
}

function meanOf(values: readonly number[]): number | null {
  if (values.length === 0) return null;
  return Number((values.reduce((sum, value) => sum + value, 0) / values.length).toPrecision(7));
}

function timeOf(text: unknown): number | undefined {
  return text === undefined ? undefined : Date.parse(text as string);
}

function invalid(message: string): Failure {
  return new Failure('refused', message, { apiCode: 'invalid_input' });
}
