import type SQLite from 'better-sqlite3';
import type { Range } from '../metrics/range.ts';
import { day, hour, levels } from './levels.ts';
import { isAfter, packBuckets, packSamples, unpackBuckets, unpackSamples } from './pack.ts';
import { type Bucket, gather, newSamples, rollUp, type Sample } from './rollup.ts';

const mostSeries = 2 ** 20;
const mostChunks = 2 ** 21;
const hourly = levels.findIndex(({ step }) => step === hour);
const daily = levels.findIndex(({ step }) => step === day);

/** The table of chunks. A key is level, time and series, in this order: what is written now is at the end of each level, and what is too old at its begin. */
export interface Chunks {
  /** Adds to a series what it does not have yet: how many samples, and the begins of the hours that have them. The samples are in order. */
  add(series: number, samples: readonly Sample[]): { readonly added: number; readonly hours: readonly number[] };
  /** Has the roll-ups of an hour say what its samples say, while there are any. */
  rollUp(series: number, hour: number): void;
  /** Samples of a series from start up to end, without it. */
  samples(series: number, range: Range): Sample[];
  /** Buckets of a level of a series that begin from start up to end, without it; only hours that have been rolled up are in them. */
  buckets(series: number, level: number, range: Range): Bucket[];
  /** Removes what is older than each level keeps; how many chunks that is. */
  prune(now: number): number;
}

/** The chunks within an open database whose tables are there. */
export function openChunks(database: SQLite.Database): Chunks {
  const find = database.prepare<[number], Buffer>('SELECT data FROM chunks WHERE key = ?').pluck();
  const put = database.prepare<[number, Buffer]>('INSERT OR REPLACE INTO chunks (key, data) VALUES (?, ?)');
  const remove = database.prepare<[number, number]>('DELETE FROM chunks WHERE key >= ? AND key < ?');

  function addToHour(series: number, begin: number, samples: readonly Sample[]): number {
    const key = keyOf(0, begin, series);
    const there = find.get(key);
    if (!there || isAfter(there, begin, samples[0]!)) {
      const added = newSamples([], samples);
      const data = packSamples(added, begin);
      put.run(key, there ? Buffer.concat([there, data]) : data);
      return added.length;
    }
    const present = unpackSamples(there, begin);
    const added = newSamples(present, samples);
    const all = [...present, ...added].sort(([a], [b]) => a - b);
    if (added.length > 0) put.run(key, packSamples(all, begin));
    return added.length;
  }

  function replace(series: number, level: number, buckets: readonly Bucket[], { start, end }: Range): void {
    const { step, span } = levels[level]!;
    const begin = Math.floor(start / span) * span;
    const key = keyOf(level, begin, series);
    const data = end - start === span ? undefined : find.get(key);
    const others = data ? unpackBuckets(data, begin, step).filter(({ at }) => at < start || at >= end) : [];
    const all = others.length > 0 ? [...others, ...buckets].sort((a, b) => a.at - b.at) : buckets;
    put.run(key, packBuckets(all, begin, step));
  }

  function* read(series: number, level: number, { start, end }: Range): Generator<[begin: number, data: Buffer]> {
    const { span } = levels[level]!;
    for (let begin = Math.floor(start / span) * span; begin < end; begin += span) {
      const data = find.get(keyOf(level, begin, series));
      if (data) yield [begin, data];
    }
  }

  function samples(series: number, range: Range): Sample[] {
    const found = [...read(series, 0, range)].flatMap(([begin, data]) => unpackSamples(data, begin));
    return found.filter(([at]) => at >= range.start && at < range.end);
  }

  function bucketsOf(series: number, level: number, range: Range): Bucket[] {
    const { step } = levels[level]!;
    const found = [...read(series, level, range)].flatMap(([begin, data]) => unpackBuckets(data, begin, step));
    return found.filter(({ at }) => at >= range.start && at < range.end);
  }

  return {
    samples,
    buckets: bucketsOf,
    add(series, given) {
      const hours = [...byHour(given)].map(([begin, some]) => ({ begin, added: addToHour(series, begin, some) }));
      const changed = hours.filter(({ added }) => added > 0);
      return { added: changed.reduce((sum, { added }) => sum + added, 0), hours: changed.map(({ begin }) => begin) };
    },
    rollUp(series, begin) {
      const range = { start: begin, end: begin + hour };
      const all = samples(series, range);
      if (all.length === 0) return;
      let buckets: readonly Bucket[] | undefined;
      for (let level = 1; level <= hourly; level += 1) {
        const { step } = levels[level]!;
        buckets = buckets ? gather(buckets, step) : rollUp(all, step);
        replace(series, level, buckets, range);
      }
      const start = Math.floor(begin / day) * day;
      const whole = { start, end: start + day };
      replace(series, daily, gather(bucketsOf(series, hourly, whole), day), whole);
    },
    prune: now =>
      levels.reduce((removed, { keep }, level) => {
        const { changes } = remove.run(keyOf(level, 0, 0), keyOf(level, Math.max(0, now - keep), 0));
        return removed + changes;
      }, 0),
  };
}

function keyOf(level: number, time: number, series: number): number {
  return (level * mostChunks + Math.floor(time / levels[level]!.span)) * mostSeries + series;
}

/** The samples by the begin of their hour. */
function byHour(samples: readonly Sample[]): Map<number, Sample[]> {
  const hours = new Map<number, Sample[]>();
  for (const sample of samples) {
    const begin = Math.floor(sample[0] / hour) * hour;
    const some = hours.get(begin);
    if (some) some.push(sample);
    else hours.set(begin, [sample]);
  }
  return hours;
}
