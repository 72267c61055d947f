import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Metrics } from '../../../src/core/hetzner/types.ts';
import { mergeMetrics, mostSamples, splitRange } from '../../../src/core/metrics/range.ts';

describe('a range in parts', () => {
  it('covers all of it without a gap, in parts that one answer can hold', () => {
    const lengths = fc.integer({ min: 1, max: 30 * 86_400_000 });
    fc.assert(
      fc.property(fc.nat(), lengths, fc.integer({ min: 60, max: 86_400 }), (start, length, step) => {
        const parts = splitRange({ start, end: start + length }, step);
        expect(parts[0]!.start).toBe(start);
        expect(parts.at(-1)!.end).toBe(start + length);
        for (const [index, part] of parts.entries()) {
          if (index > 0) expect(part.start).toBe(parts[index - 1]!.end);
          expect(part.end - part.start).toBeLessThanOrEqual(mostSamples * step * 1000);
        }
      }),
    );
  });

  it('is whole where the API chooses the step', () => {
    expect(splitRange({ start: 0, end: 1e12 }, undefined)).toEqual([{ start: 0, end: 1e12 }]);
  });
});

describe('merged answers', () => {
  const part = (start: string, end: string, values: [number, string][]): Metrics => ({
    start,
    end,
    step: 60,
    time_series: { cpu: { values } },
  });

  it('hold each sample once, in order', () => {
    const merged = mergeMetrics([
      part('a', 'b', [
        [1, '1'],
        [2, '2'],
      ]),
      part('b', 'c', [
        [2, '2'],
        [3, '3'],
      ]),
    ]);
    expect(merged).toEqual(
      part('a', 'c', [
        [1, '1'],
        [2, '2'],
        [3, '3'],
      ]),
    );
  });

  it('are the answer itself when there is only one', () => {
    const only = part('a', 'b', [
      [2, 'x'],
      [1, 'y'],
    ]);
    expect(mergeMetrics([only])).toBe(only);
    expect(() => mergeMetrics([])).toThrow(RangeError);
  });
});
