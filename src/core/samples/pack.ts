import type { Bucket, Sample } from './rollup.ts';

const sampleSize = 8;
const bucketSize = 22;

/** Samples of one chunk, 8 bytes each: milliseconds after the chunk's begin, and the value to seven digits. */
export function packSamples(samples: readonly Sample[], begin: number): Buffer {
  const data = Buffer.allocUnsafe(samples.length * sampleSize);
  let place = 0;
  for (const [at, value] of samples) {
    data.writeUInt32LE(at - begin, place);
    data.writeFloatLE(value, place + 4);
    place += sampleSize;
  }
  return data;
}

/** The samples of a chunk; a torn end is left out. */
export function unpackSamples(data: Buffer, begin: number): Sample[] {
  const samples: Sample[] = [];
  for (let place = 0; place + sampleSize <= data.length; place += sampleSize) {
    samples.push([begin + data.readUInt32LE(place), data.readFloatLE(place + 4)]);
  }
  return samples;
}

/** True when the sample is later than all of the chunk, which is whole. */
export function isAfter(data: Buffer, begin: number, [at]: Sample): boolean {
  if (data.length === 0) return true;
  return data.length % sampleSize === 0 && begin + data.readUInt32LE(data.length - sampleSize) < at;
}

/** Buckets of `step` milliseconds of one chunk, 22 bytes each: which one, how many samples, least, greatest, sum. */
export function packBuckets(buckets: readonly Bucket[], begin: number, step: number): Buffer {
  const data = Buffer.allocUnsafe(buckets.length * bucketSize);
  let place = 0;
  for (const { at, count, min, max, sum } of buckets) {
    data.writeUInt16LE((at - begin) / step, place);
    data.writeUInt32LE(count, place + 2);
    data.writeFloatLE(min, place + 6);
    data.writeFloatLE(max, place + 10);
    data.writeDoubleLE(sum, place + 14);
    place += bucketSize;
  }
  return data;
}

/** The buckets of a chunk; a torn end is left out. */
export function unpackBuckets(data: Buffer, begin: number, step: number): Bucket[] {
  const buckets: Bucket[] = [];
  for (let place = 0; place + bucketSize <= data.length; place += bucketSize) {
    buckets.push({
      at: begin + data.readUInt16LE(place) * step,
      count: data.readUInt32LE(place + 2),
      min: data.readFloatLE(place + 6),
      max: data.readFloatLE(place + 10),
      sum: data.readDoubleLE(place + 14),
    });
  }
  return buckets;
}
