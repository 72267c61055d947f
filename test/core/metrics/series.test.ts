import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatValue, readSeries, roundUp, summarize } from '../../../src/core/metrics/series.ts';

const metrics = (time_series: Record<string, { values: [number, string][] }>) => ({
  start: '',
  end: '',
  step: 60,
  time_series,
});

describe('series', () => {
  it('have the processor per cent of all cores, and leave out what is no number', () => {
    const answer = metrics({
      cpu: {
        values: [
          [1, '200'],
          [2, 'NaN'],
          [3, '100'],
        ],
      },
      'network.0.bandwidth.in': { values: [[1, '2048']] },
      'disk.0.iops.read': { values: [] },
    });
    expect(readSeries(answer, 4)).toEqual([
      {
        name: 'cpu',
        unit: '%',
        samples: [
          [1, 50],
          [3, 25],
        ],
      },
      { name: 'network.0.bandwidth.in', unit: 'B/s', samples: [[1, 2048]] },
      { name: 'disk.0.iops.read', unit: '/s', samples: [] },
    ]);
  });

  it('are summed up in least, mean, greatest and latest', () => {
    const samples = [
      [1, 4],
      [2, 1],
      [3, 7],
    ] as const;
    expect(summarize({ name: 'cpu', unit: '%', samples })).toEqual({ count: 3, min: 1, average: 4, max: 7, last: 7 });
    expect(summarize({ name: 'cpu', unit: '%', samples: [] })).toEqual({ count: 0 });
  });

  it('show values with their unit', () => {
    expect(formatValue(12.345, '%')).toBe('12.3 %');
    expect(formatValue(1536, 'B/s')).toBe('1.5 KiB/s');
    expect(formatValue(123.4, '/s')).toBe('123/s');
  });

  it('are drawn up to a round value that is not much above the greatest', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.001, max: 1e12, noNaN: true }),
        fc.constantFrom('%', 'B/s', '/s'),
        (value, unit) => {
          const top = roundUp(value, unit as '%');
          expect(top).toBeGreaterThanOrEqual(value * (1 - 1e-9));
          expect(top).toBeLessThanOrEqual(value * 2.05);
        },
      ),
    );
    expect(roundUp(0, '%')).toBe(1);
    expect(roundUp(1500, 'B/s')).toBe(1536);
  });
});
