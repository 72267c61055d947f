import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { drawLine, resample } from '../../../src/core/metrics/chart.ts';

const dots = (rows: string[]) => rows.join('').replaceAll('\u2800', '').length;

describe('a line', () => {
  it('is rows of the asked width, drawn for any values', () => {
    const values = fc.array(fc.option(fc.double({ noNaN: true }), { nil: undefined }), { maxLength: 60 });
    fc.assert(
      fc.property(values, fc.integer({ min: 1, max: 6 }), (points, height) => {
        const rows = drawLine(points, { width: 20, height, top: 100 });
        expect(rows).toHaveLength(height);
        for (const row of rows) expect(row).toMatch(/^[\u2800-\u28ff]{20}$/);
      }),
    );
  });

  it('has the greatest value at the upper edge and nothing at the lower one', () => {
    expect(drawLine([100, 100], { width: 1, height: 2, top: 100 })).toEqual(['⠉', '\u2800']);
    expect(drawLine([0, 0], { width: 1, height: 2, top: 100 })).toEqual(['\u2800', '⣀']);
  });

  it('has no holes where it is steep', () => {
    expect(drawLine([0, 100], { width: 1, height: 1, top: 100 })).toEqual(['⡸']);
  });

  it('breaks off where a value is missing', () => {
    expect(dots(drawLine([undefined, undefined], { width: 1, height: 1, top: 1 }))).toBe(0);
  });
});

describe('samples at the points of a chart', () => {
  const at = (samples: [number, number][], count: number) => resample(samples, { start: 0, end: 100 }, count);

  it('are the mean where several fall together', () => {
    expect(
      at(
        [
          [0, 1],
          [10, 3],
          [50, 6],
          [60, 8],
        ],
        2,
      ),
    ).toEqual([2, 7]);
  });

  it('last until the next one when they are further apart than the points', () => {
    expect(
      at(
        [
          [0, 1],
          [50, 2],
        ],
        4,
      ),
    ).toEqual([1, 1, 2, 2]);
  });

  it('leave a gap where the server was not measured', () => {
    expect(
      at(
        [
          [0, 1],
          [10, 1],
          [20, 1],
          [90, 2],
          [100, 4],
        ],
        10,
      ),
    ).toEqual([1, 1, 1, 1, undefined, undefined, undefined, undefined, undefined, 3]);
  });

  it('are nothing without samples, and what lies outside is left out', () => {
    expect(at([], 3)).toEqual([undefined, undefined, undefined]);
    expect(
      at(
        [
          [-1, 5],
          [101, 5],
        ],
        2,
      ),
    ).toEqual([undefined, undefined]);
  });
});
