import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chooseLevel, day, hour, levels, minute } from '../../../src/core/samples/levels.ts';
import { gather, newSamples, rollUp, type Sample } from '../../../src/core/samples/rollup.ts';

const samples = fc
  .uniqueArray(fc.tuple(fc.integer({ min: 0, max: 3 * day }), fc.float({ noNaN: true, noDefaultInfinity: true })), {
    selector: ([at]) => at,
    maxLength: 300,
  })
  .map(list => (list as Sample[]).sort(([a], [b]) => a - b));

describe('roll-ups', () => {
  it('say what the samples themselves say', () => {
    fc.assert(
      fc.property(samples, fc.constantFrom(minute, 5 * minute, hour, day), (list, step) => {
        const buckets = rollUp(list, step);
        const begins = [...new Set(list.map(([at]) => Math.floor(at / step) * step))];
        expect(buckets.map(({ at }) => at)).toEqual(begins);
        for (const bucket of buckets) {
          const values = list.filter(([at]) => at >= bucket.at && at < bucket.at + step).map(([, value]) => value);
          expect(bucket.count).toBe(values.length);
          expect(bucket.min).toBe(Math.min(...values));
          expect(bucket.max).toBe(Math.max(...values));
          expect(bucket.sum).toBe(values.reduce((sum, value) => sum + value));
        }
      }),
    );
  });

  it('are the same by way of shorter ones', () => {
    fc.assert(
      fc.property(samples, list => {
        const direct = rollUp(list, day);
        const stepwise = gather(gather(rollUp(list, minute), hour), day);
        expect(stepwise.map(({ sum: _, ...rest }) => rest)).toEqual(direct.map(({ sum: _, ...rest }) => rest));
      }),
    );
  });

  it('take no time twice: the first value of it counts', () => {
    expect(newSamples([[1, 10]], [[2, 1], [1, 5], [2, 7]] as Sample[])).toEqual([[2, 1]]); // biome-ignore format: one line
  });
});

describe('the level that a range is read from', () => {
  const now = Date.parse('2026-11-23T08:00:00Z');
  const of = (back: number, asked?: number) => {
    const { level, step } = chooseLevel({ start: now - back, end: now }, now, asked);
    return [levels[level]!.step / minute, step / minute];
  };

  it('is the coarsest that does', () => {
    expect(of(6 * hour)).toEqual([1, 1]);
    expect(of(day)).toEqual([5, 5]);
    expect(of(7 * day)).toEqual([5, 30]);
    expect(of(14 * day)).toEqual([60, 60]);
    expect(of(300 * day)).toEqual([1440, 1440]);
    expect(of(day, minute)).toEqual([1, 1]);
  });

  it('is finer for a step that no roll-up fits, and coarser for what no finer one keeps', () => {
    expect(of(20 * day, 5 * minute)).toEqual([0, 5]);
    expect(of(90 * day, minute)).toEqual([60, 60]);
    expect(of(10_000 * day, hour)).toEqual([1440, 1440]);
  });
});
