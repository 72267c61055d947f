import type { Range } from '../metrics/range.ts';
import type { Sample } from './rollup.ts';

/** What an answer of Hetzner's metrics holds. */
export interface Measured {
  /** By the names of the series, in order. */
  readonly series: ReadonlyMap<string, readonly Sample[]>;
  /** Up to when every series has samples, milliseconds; undefined when there are none. */
  readonly newest: number | undefined;
  /** Values that are no numbers, or of times that were not asked for. */
  readonly dropped: number;
}

const mostSeries = 100;
const slack = 60_000;

/** The samples of an answer for the range, whatever it is; undefined for what is no such answer. */
export function readMeasured(body: unknown, range: Range): Measured | undefined {
  const listed = recordOf(recordOf(recordOf(body)?.metrics)?.time_series);
  if (!listed) return undefined;
  const series = new Map<string, readonly Sample[]>();
  let dropped = 0;
  for (const [name, entry] of Object.entries(listed).slice(0, mostSeries)) {
    const values = recordOf(entry)?.values;
    if (!Array.isArray(values) || !/^[a-z0-9_.-]{1,64}$/i.test(name)) return undefined;
    const samples = values.flatMap(value => readSample(value, range) ?? []);
    dropped += values.length - samples.length;
    if (samples.length > 0)
      series.set(
        name,
        samples.sort(([a], [b]) => a - b),
      );
  }
  const ends = [...series.values()].map(samples => samples.at(-1)![0]);
  return { series, newest: ends.length > 0 ? Math.min(...ends) : undefined, dropped };
}

/** `[unix seconds, value as text]`; a value that is not a number is none. */
function readSample(value: unknown, { start, end }: Range): [Sample] | undefined {
  if (!Array.isArray(value)) return undefined;
  const [seconds, text] = value as unknown[];
  const at = Math.round(Number(seconds) * 1000);
  const number = typeof text === 'string' && text.trim() !== '' ? Math.fround(Number(text)) : Number.NaN;
  return Number.isFinite(number) && at >= start - slack && at <= end + slack ? [[at, number]] : undefined;
}

function recordOf(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : undefined;
}
