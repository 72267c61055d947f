// Samples: how many a second are taken in, how many bytes one takes on the disk, how long a day of one series takes to read.

import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { load } from './load.mjs';

const minute = 60_000;
const day = 1440 * minute;
const silent = { debug() {}, info() {}, warn() {}, error() {} };
const metrics = ['cpu', 'read', 'write', 'reads', 'writes', 'in', 'out', 'pin', 'pout', 'more'];

/** So many samples of 1,000 series, a poll of five minutes of ten of them at a time, as they come in; up to now. */
function fill(samples, count, now, tell) {
  const ticks = Math.ceil(count / (100 * metrics.length));
  const begin = now - ticks * minute;
  let taken = 0;
  const start = performance.now();
  for (let tick = 0; tick < ticks; tick += 5) {
    tell(begin + tick * minute);
    if (tick % 60 === 0) samples.prune();
    for (let server = 1; server <= 100; server += 1) {
      const values = Array.from({ length: 5 }, (_, index) => [
        begin + (tick + index) * minute,
        20 + 15 * Math.sin((tick + index) / 240 + server),
      ]);
      taken += samples.write(server, new Map(metrics.map(metric => [metric, values])), { until: now, gaps: [] });
    }
  }
  return { taken, seconds: (performance.now() - start) / 1000 };
}

/** Milliseconds of the median of reading 24 hours of a series. */
function timeRange(now, read) {
  const times = Array.from({ length: 101 }, (_, index) => {
    const start = performance.now();
    const found = read(1 + ((index * 37) % 100), metrics[index % 10], { start: now - day, end: now });
    if (found.length < 200) throw new Error(`only ${found.length} found`);
    return performance.now() - start;
  });
  return times.sort((a, b) => a - b)[50];
}

const count = Number(process.env.CLOUDCTL_BENCH_SAMPLES ?? 10_000_000);

export const samplesRow = {
  name: 'samples',
  bar: '>= 100,000/s, <= 24 B (12), <= 2 ms',
  measure: async () => {
    const { openSamples } = await load('core/samples/open.ts');
    const folder = mkdtempSync(join(tmpdir(), 'cloudctl-bench-samples-'));
    const file = join(folder, 'samples.db');
    const now = Math.floor(Date.now() / day) * day;
    try {
      let time = now;
      const samples = await openSamples(file, { log: silent, clock: { now: () => time } });
      const { taken, seconds } = fill(samples, count, now, at => {
        time = at;
      });
      time = now;
      const whole = timeRange(now, (server, metric, range) => samples.samples(server, metric, range));
      const rolled = timeRange(now, (...of) => samples.history(of[0], of[1], of[2]).buckets);
      samples.close();
      const bytes = statSync(file).size / taken;
      return [
        [
          'samples taken in, five a series at a time',
          `${Math.round(taken / seconds).toLocaleString('en')}/s`,
          '',
          '',
          '>= 100,000/s',
        ],
        ['  a sample on disk, with its roll-ups', `${bytes.toFixed(1)} B`, '', '', '<= 24 B'],
        ['  24 h of one of 1,000 series', `${whole.toFixed(2)} ms`, '', '', '<= 2 ms'],
        ['  the same from roll-ups', `${rolled.toFixed(2)} ms`, '', '', ''],
      ];
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
};
