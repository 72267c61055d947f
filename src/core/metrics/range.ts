import type { Metrics } from '../hetzner/types.ts';

/** From and to, milliseconds since the epoch. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/** The most samples that the API gives in one answer, whatever step is asked for. */
export const mostSamples = 500;

/** The range in parts, each with no more samples of `step` seconds than one answer holds; whole where the API may choose the step. */
export function splitRange({ start, end }: Range, step: number | undefined): Range[] {
  if (step === undefined) return [{ start, end }];
  const length = mostSamples * step * 1000;
  const parts: Range[] = [];
  for (let from = start; from < end; from += length) parts.push({ start: from, end: Math.min(end, from + length) });
  return parts;
}

/** The answers for the parts of one range as one answer, each sample once and in order; one part is given back as it is. */
export function mergeMetrics(parts: readonly Metrics[]): Metrics {
  const [first, ...others] = parts;
  if (!first) throw new RangeError('nothing to merge');
  if (others.length === 0) return first;
  const names = new Set(parts.flatMap(part => Object.keys(part.time_series)));
  const merged = [...names].map(name => {
    const samples = parts.flatMap(part => part.time_series[name]?.values ?? []);
    const byTime = new Map(samples.map(sample => [sample[0], sample]));
    return [name, { values: [...byTime.values()].sort(([a], [b]) => a - b) }];
  });
  return { ...first, end: parts.at(-1)!.end, time_series: Object.fromEntries(merged) };
}
