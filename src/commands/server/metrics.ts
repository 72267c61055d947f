import type { Api } from '../../core/api.ts';
import { Failure } from '../../core/failure.ts';
import { back, field, type Input } from '../../core/field.ts';
import { isGlob, select, type Target } from '../../core/find.ts';
import type { Metrics } from '../../core/hetzner/types.ts';
import { formatValue, readSeries, type Summary, summarize, type Unit } from '../../core/metrics/series.ts';
import { pool } from '../../core/pool.ts';
import type { Cell, Item } from '../../core/resource.ts';
import { apiExits, command, outputFields, targetFields } from '../command.ts';
import { failTogether, failureOfTarget } from '../fail-together.ts';
import { writeData } from '../output/data.ts';
import { failureBody } from '../output/errors.ts';
import { escapeControls } from '../output/escape.ts';
import { type Format, parseFormat } from '../output/format.ts';
import { writeLines } from '../output/lines.ts';
import { writeRows } from '../output/rows.ts';
import { lookOf } from '../run-list.ts';
import type { Session } from '../session.ts';
import { servers } from './find-server.ts';
import { drawMetrics } from './metrics-charts.ts';
import { findHistory, type History } from './metrics-history.ts';
import { kinds, readQuery, requireKept } from './metrics-query.ts';
import { type MetricsQuery, readMetrics } from './metrics-read.ts';

const fields = {
  server: field('repeat', 'Servers, by name, id or pattern', {
    operand: 'many',
    refers: { resource: 'server', as: 'name' },
  }),
  type: field('list', 'Kinds of metrics; all where absent', { choices: kinds }),
  start: field('time', 'From this time', back),
  end: field('time', 'To this time; now where absent', back),
  since: field('duration', 'So far back from the end; 24h where absent', { placeholder: 'duration' }),
  step: field('text', 'Seconds (or a duration) between samples; Hetzner chooses at most 200 samples where absent', {
    placeholder: 'seconds',
  }),
  ...targetFields,
  ...outputFields,
};

type Given = Input<typeof fields>;

const rowColumns = ['server', 'id', 'series', 'unit', 'min', 'avg', 'max', 'last', 'samples'];

/** `server metrics`: processor, disk and network as Hetzner measures them from outside. */
export const metrics = command({
  name: 'metrics',
  summary: 'Show processor, disk and network of servers over time',
  description: `On a terminal each series is drawn; elsewhere, and with -o csv, it is a row with its least, mean, greatest and
latest value. Times are in UTC. Processor percent is of all cores in charts and rows, and summed over the cores under
-o json, which is the API's own object. Hetzner keeps 30 days and measures neither memory nor how full a disk is.
Where a daemon is running that has kept the metrics, charts and rows are of its history, which goes back further and costs
no request; a word on stderr says so. Under -o json it is asked only for what Hetzner does not have any more.`,
  fields,
  targets: { operand: 'server', all: true },
  examples: [
    'cloudctl server metrics web-1',
    'cloudctl server metrics web-1 --type cpu --since 7d --step 5m',
    "cloudctl server metrics 'web-*' --type network --since 1h -o csv",
  ],
  exits: [...apiExits, 'not_found', 'refused', 'partial'],
  columns: rowColumns,
  run: showMetrics,
});

type Read = Target & { readonly metrics?: Metrics };

async function showMetrics(session: Session, input: Given): Promise<void> {
  const format = parseFormat({ ...input, available: rowColumns });
  const history = await findHistory(session, format);
  const query = readQuery(input, session.world.clock.now(), history !== undefined);
  const { server: names = [], selector, all } = input;
  if (names.length === 0 && selector === undefined && !all) {
    throw new Failure('usage', 'missing <server>', { hint: 'Give names, ids or patterns, or -l <selector>' });
  }
  const api = await session.api();
  const targets = await select(api, servers, { names, selector, all });
  const read = await pool(targets, session.settings.concurrency, async (target): Promise<Read> => {
    if (!target.item) return target;
    try {
      return { ...target, metrics: await readOne(session, api, target.item, query, history) };
    } catch (error) {
      return { ...target, failure: failureOfTarget(error) };
    }
  });
  history?.tell();
  const several = names.length !== 1 || names.some(isGlob);
  await show(session, format, read, query, several);
  failTogether('metrics', read, { several });
}

async function readOne(session: Session, api: Api, { id, name }: Item, query: MetricsQuery, history?: History) {
  const kept = await history?.read({ id, name }, query);
  if (kept) return kept;
  requireKept(query, session.world.clock.now());
  return readMetrics(api, id, query);
}

async function show(
  session: Session,
  format: Format,
  read: readonly Read[],
  query: MetricsQuery,
  several: boolean,
): Promise<void> {
  const { out, env } = session.world;
  if (format.machine || format.query !== undefined || format.kind === 'template') {
    const bodies = read.map(one => (several ? bodyOf(one) : { metrics: one.metrics }));
    if (several || read[0]?.metrics) await writeData(out, format, several ? bodies : bodies[0], lookOf(session));
    return;
  }
  const draws = format.kind === 'table' && !format.columns && out.isTTY && env.TERM !== 'dumb';
  if (several) for (const line of failureLines(read)) session.world.err.write(line);
  if (!draws) return writeSummaries(session, format, read);
  const charts = read.flatMap(({ target, item, metrics }) =>
    metrics ? [drawMetrics(target, metrics, coresOf({ item }), query, out.columns)] : [],
  );
  writeLines(out, charts.flatMap(lines => ['', ...lines]).slice(1));
}

/** Neither charts nor rows have a place for what failed. */
function failureLines(read: readonly Read[]): string[] {
  return read.flatMap(({ target, failure }) =>
    failure ? [`${escapeControls(`${target}: ${failure.message}`)}\n`] : [],
  );
}

function bodyOf({ target, item, metrics, failure }: Read) {
  const error = failure && { error: failureBody(failure) };
  return { target, id: item?.id ?? null, ok: !failure, ...(metrics && { metrics }), ...error };
}

function coresOf({ item }: Pick<Target, 'item'>): number {
  return Number(item?.server_type?.cores ?? 1);
}

interface Row extends Summary {
  readonly server: string;
  readonly id: number;
  readonly series: string;
  readonly unit: Unit;
}

function writeSummaries(session: Session, format: Format, read: readonly Read[]): Promise<void> {
  const items = read.flatMap(({ target, item, metrics }) =>
    metrics
      ? readSeries(metrics, coresOf({ item })).map(
          (one): Row => ({ server: target, id: item!.id, series: one.name, unit: one.unit, ...summarize(one) }),
        )
      : [],
  );
  const spell = (value: number | undefined, unit: Unit): Cell =>
    value === undefined ? null : format.kind === 'csv' ? Number(value.toFixed(6)) : formatValue(value, unit);
  return writeRows(session.world.out, format, {
    items,
    columns: {
      server: row => row.server,
      id: row => row.id,
      series: row => row.series,
      unit: row => row.unit,
      min: row => spell(row.min, row.unit),
      avg: row => spell(row.average, row.unit),
      max: row => spell(row.max, row.unit),
      last: row => spell(row.last, row.unit),
      samples: row => row.count,
    },
    defaults: format.kind === 'csv' ? rowColumns : ['server', 'series', 'min', 'avg', 'max', 'last', 'samples'],
    wide: rowColumns,
    nameOf: row => row.server,
    idOf: row => row.id,
    ...lookOf(session),
  });
}
