import type { Metrics } from '../hetzner/types.ts';
import { formatBytes } from '../resources/columns.ts';

/** What the values of a series count. */
export type Unit = '%' | 'B/s' | '/s';

/** One series, ready to be shown. */
export interface Series {
  readonly name: string;
  readonly unit: Unit;
  /** Unix seconds and value, in order. */
  readonly samples: readonly (readonly [number, number])[];
}

/** A series in four numbers; undefined ones where there are no samples. */
export interface Summary {
  readonly count: number;
  readonly min?: number;
  readonly average?: number;
  readonly max?: number;
  readonly last?: number;
}

/** The series of an answer in the API's order; the processor's percent, which the API adds up over the cores, is of all of them. */
export function readSeries({ time_series }: Metrics, cores: number): Series[] {
  return Object.entries(time_series).map(([name, { values }]) => {
    const scale = name === 'cpu' ? 1 / Math.max(1, cores) : 1;
    const samples = values.map(([time, value]): [number, number] => [time, Number(value) * scale]);
    return { name, unit: unitOf(name), samples: samples.filter(([, value]) => Number.isFinite(value)) };
  });
}

/** Least, mean, greatest and latest value. */
export function summarize({ samples }: Series): Summary {
  const count = samples.length;
  if (count === 0) return { count };
  let [min, max, sum] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0];
  for (const [, value] of samples) {
    min = Math.min(min, value);
    max = Math.max(max, value);
    sum += value;
  }
  return { count, min, average: sum / count, max, last: samples.at(-1)![1] };
}

/** The value as people read it: `12.3 %`, `1.5 MiB/s`, `42/s`. */
export function formatValue(value: number, unit: Unit): string {
  if (unit === 'B/s') return `${formatBytes(value)}/s`;
  const digits = Math.abs(value) >= 100 ? 0 : 1;
  const number = String(Number(value.toFixed(digits)));
  return unit === '%' ? `${number} %` : `${number}/s`;
}

/** A round value not below this one, for the top of a scale: a small number times a power of ten, for bytes also of 1024. */
export function roundUp(value: number, unit: Unit): number {
  if (!(value > 0)) return 1;
  const base = unit === 'B/s' ? 1024 ** Math.floor(Math.log2(value) / 10) : 1;
  const power = 10 ** Math.floor(Math.log10(value / base));
  const step = [1, 1.5, 2, 3, 4, 5, 6, 8, 10].find(one => one * power * base >= value * (1 - 1e-12));
  return (step ?? 10) * power * base;
}

function unitOf(name: string): Unit {
  if (name === 'cpu') return '%';
  return name.includes('bandwidth') ? 'B/s' : '/s';
}
