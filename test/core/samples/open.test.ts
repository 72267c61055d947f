import { existsSync, mkdtempSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { day, hour, minute } from '../../../src/core/samples/levels.ts';
import { openSamples } from '../../../src/core/samples/open.ts';
import { rollUp, type Sample } from '../../../src/core/samples/rollup.ts';
import { readLatest } from '../../../src/core/samples/samples.ts';
import { fakeClock } from '../../helpers/clock.ts';

const now = Date.parse('2026-11-23T08:00:00Z');

async function open(file = ':memory:') {
  const told: string[] = [];
  const note = (message: string) => void told.push(message);
  const clock = fakeClock(now, { auto: false });
  const samples = await openSamples(file, { clock, log: { debug: note, info: note, warn: note, error: note } });
  return { samples, told, clock };
}

function newFile(): string {
  const folder = mkdtempSync(join(tmpdir(), 'cloudctl-samples-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, 'samples.db');
}

const every = (step: number, from: number, to: number): Sample[] =>
  Array.from({ length: Math.floor((to - from) / step) }, (_, index) => [from + index * step, (index % 50) / 2]);

describe('samples', () => {
  it('are kept once each, however often and in whatever order they come', async () => {
    const { samples } = await open();
    const list = every(minute, now - 5 * hour, now);
    expect(samples.write(1, new Map([['cpu', list.slice(100)]]))).toBe(200);
    expect(samples.write(1, new Map([['cpu', [...list].reverse()]]))).toBe(100);
    expect(samples.write(1, new Map([['cpu', list]]))).toBe(0);
    expect(samples.samples(1, 'cpu', { start: 0, end: now })).toEqual(list);
    expect(samples.newest(1, 'cpu')).toBe(now - minute);
    expect(samples.metrics(1)).toEqual(['cpu']);
    expect(readLatest(samples, 1, 'cpu', now - 2 * minute)).toEqual(
      list.slice(-2).map(([at, value]) => ({ at, value })),
    );
    expect(readLatest(samples, 1, 'disk', 0)).toEqual([]);
  });

  it('have roll-ups that say the same, however they came in', async () => {
    const part = fc.record({ from: fc.integer({ min: 0, max: 2800 }), count: fc.integer({ min: 1, max: 400 }) });
    await fc.assert(
      fc.asyncProperty(fc.array(part, { minLength: 1, maxLength: 8 }), async parts => {
        const { samples } = await open();
        const all = every(minute, now - 2 * day + hour, now);
        const given = new Map<number, number>();
        for (const { from, count } of parts) {
          const some = all.slice(from, from + count);
          for (const [at, value] of some) given.set(at, value);
          samples.write(7, new Map([['cpu', some]]));
        }
        const expected = [...given].sort(([a], [b]) => a - b);
        for (const step of [minute, 5 * minute, hour, day]) {
          const start = now - 2 * day;
          const found = samples.history(7, 'cpu', { start: start - (start % step), end: now, step });
          const same = rollUp(expected, found.step);
          expect(found.buckets).toEqual(same);
        }
        samples.close();
      }),
      { numRuns: 50 },
    );
  });

  it('are removed when they are too old, and their roll-ups stay', async () => {
    const { samples, clock } = await open();
    const list = every(10 * minute, now - 2 * hour, now);
    samples.write(1, new Map([['cpu', list]]), { until: now, gaps: [] });
    await clock.advance(29 * day + 20 * hour);
    samples.prune();
    await clock.advance(2 * day);
    samples.prune(new Set([2]));
    expect(samples.asked()).toEqual(new Map());
    expect(samples.samples(1, 'cpu', { start: 0, end: clock.now() })).toEqual([]);
    const { buckets } = samples.history(1, 'cpu', { start: now - day, end: clock.now(), step: hour });
    expect(buckets).toEqual(rollUp(list, hour));
  });

  it('know what has been asked', async () => {
    const file = newFile();
    const first = await open(file);
    const asked = { until: now, gaps: [{ start: 1, end: 2 }] };
    first.samples.write(1, new Map(), asked);
    first.samples.close();
    const { samples } = await open(file);
    expect(samples.asked()).toEqual(new Map([[1, asked]]));
    samples.close();
  });

  it('are begun anew, with a word about it, where the file is none of ours', async () => {
    const file = newFile();
    writeFileSync(file, 'these are no samples at all'.repeat(400));
    const { samples, told } = await open(file);
    expect(samples.write(1, new Map([['cpu', every(minute, now - hour, now)]]))).toBe(60);
    expect(told).toEqual(['the samples are begun anew']);
    expect(readdirSync(join(file, '..')).some(name => name.startsWith('samples.db.damaged-'))).toBe(true);
    samples.close();
  });

  it('are begun anew while they are in use, where the file is damaged or removed', async () => {
    const file = newFile();
    const { samples, told } = await open(file);
    const fill = () => samples.write(1, new Map([['cpu', every(minute, now - 20 * day, now)]]));
    fill();
    rmSync(file);
    expect(fill()).toBe(28_800);
    expect(existsSync(file)).toBe(true);
    samples.close();
    truncateSync(file, 40_960);
    const again = await open(file);
    expect(again.samples.samples(1, 'cpu', { start: now - 20 * day, end: now })).toBeInstanceOf(Array);
    again.samples.write(1, new Map([['cpu', every(minute, now - 20 * day, now)]]));
    expect(again.samples.samples(1, 'cpu', { start: now - 20 * day, end: now })).toHaveLength(28_800);
    expect([...told, ...again.told]).toEqual(['the samples are begun anew', 'the samples are begun anew']);
    again.samples.close();
  });

  it('are refused in words where the folder is not there', async () => {
    await expect(open('/nonexistent/samples.db')).rejects.toMatchObject({ code: 'usage' });
  });
});
