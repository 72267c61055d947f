/** One measurement: milliseconds since the epoch, and its value, which is kept to seven digits. */
export type Sample = readonly [at: number, value: number];

/** The measurements of one stretch of time, which begins at `at`. */
export interface Bucket {
  readonly at: number;
  readonly count: number;
  readonly min: number;
  readonly max: number;
  readonly sum: number;
}

/** The samples, which are in order, in buckets of `step` milliseconds, which begin at multiples of it. */
export function rollUp(samples: readonly Sample[], step: number): Bucket[] {
  const buckets: Draft[] = [];
  for (const [at, value] of samples) {
    const rounded = Math.fround(value);
    add(buckets, at - (at % step), 1, rounded, rounded, value);
  }
  return buckets;
}

/** Buckets, which are in order, put together into longer ones. */
export function gather(buckets: readonly Bucket[], step: number): Bucket[] {
  const gathered: Draft[] = [];
  for (const { at, count, min, max, sum } of buckets) add(gathered, at - (at % step), count, min, max, sum);
  return gathered;
}

type Draft = { -readonly [Part in keyof Bucket]: Bucket[Part] };

/** Into the last bucket where it is of that time, else into a new one. In parts, as a bucket for each sample of a day would be much to throw away. */
function add(buckets: Draft[], at: number, count: number, min: number, max: number, sum: number): void {
  const last = buckets.at(-1);
  if (last?.at !== at) buckets.push({ at, count, min, max, sum });
  else {
    last.count += count;
    last.min = Math.min(last.min, min);
    last.max = Math.max(last.max, max);
    last.sum += sum;
  }
}

/** The samples of `fresh` whose times are not among `present`, in order and each time once; the first value of a time counts. */
export function newSamples(present: readonly Sample[], fresh: readonly Sample[]): Sample[] {
  const known = new Set(present.map(([at]) => at));
  const added: Sample[] = [];
  for (const sample of fresh) {
    if (known.has(sample[0])) continue;
    known.add(sample[0]);
    added.push(sample);
  }
  return added.sort(([a], [b]) => a - b);
}
