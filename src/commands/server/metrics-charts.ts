import type { Metrics } from '../../core/hetzner/types.ts';
import { drawLine, resample } from '../../core/metrics/chart.ts';
import type { Range } from '../../core/metrics/range.ts';
import { formatValue, readSeries, roundUp, type Series, summarize } from '../../core/metrics/series.ts';
import { escapeControls } from '../output/escape.ts';
import { stamp } from './metrics-read.ts';

const height = 4;
const most = 120;

/** The metrics of one server drawn, a chart each series, in lines no longer than `columns` characters. */
export function drawMetrics(name: string, metrics: Metrics, cores: number, range: Range, columns: number): string[] {
  const series = readSeries(metrics, cores);
  return series.flatMap(one => ['', ...drawSeries(name, one, cores, range, columns)]).slice(1);
}

function drawSeries(name: string, series: Series, cores: number, range: Range, columns: number): string[] {
  const of = series.name === 'cpu' ? ` of ${cores} ${cores === 1 ? 'core' : 'cores'}` : '';
  const title = escapeControls(`${name}  ${series.name}${of}`);
  const { count, min, average, max, last } = summarize(series);
  if (count === 0) return [title, '  no samples'];
  const top = roundUp(max!, series.unit);
  const labels = [formatValue(top, series.unit), formatValue(0, series.unit)];
  const margin = Math.max(...labels.map(label => label.length));
  const width = Math.max(10, Math.min(most, columns - margin - 3));
  const seconds = { start: range.start / 1000, end: range.end / 1000 };
  const rows = drawLine(resample(series.samples, seconds, width * 2), { width, height, top });
  const lines = rows.map((row, index) => {
    const label = index === 0 ? labels[0]! : index === rows.length - 1 ? labels[1]! : '';
    return `${label.padStart(margin)} ┤${row}`.trimEnd();
  });
  const figures = Object.entries({ min, avg: average, max, last });
  return [
    title,
    ...lines,
    `${' '.repeat(margin + 2)}${axis(range, width)}`,
    `  ${figures.map(([what, value]) => `${what} ${formatValue(value!, series.unit)}`).join('   ')}`,
  ];
}

/** The two ends of the time, in UTC. */
function axis({ start, end }: Range, width: number): string {
  const [from, to] = [stamp(start), stamp(end)].map(text => text.replace('T', ' ').replace(/:\d\dZ$/, ''));
  const gap = width - from!.length - to!.length - ' UTC'.length;
  return gap < 2 ? `${from} to ${to} UTC` : `${from}${' '.repeat(gap)}${to} UTC`;
}
