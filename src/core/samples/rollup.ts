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
  const single = ([at, value]: Sample): Bucket => {
    const rounded = Math.fround(value);
    return { at, count: 1, min: rounded, max: rounded, sum: value };
  };
  return gather(samples.map(single), step);
}

/** Buckets, which are in order, put together into longer ones. */
export function gather(buckets: readonly Bucket[], step: number): Bucket[] {
  const gathered: { at: number; count: number; min: number; max: number; sum: number }[] = [];
  let last: (typeof gathered)[number] | undefined;
  for (const bucket of buckets) {
    const at = bucket.at - (bucket.at % step);
    if (last?.at === at) {
      last.count += bucket.count;
      last.min = Math.min(last.min, bucket.min);
      last.max = Math.max(last.max, bucket.max);
      last.sum += bucket.sum;
    } else {
      last = { ...bucket, at };
      gathered.push(last);
    }
  }
  return gathered;
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
