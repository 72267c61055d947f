import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readMeasured } from '../../../src/core/samples/read-body.ts';

const range = { start: 1_700_000_000_000, end: 1_700_000_600_000 };
const of = (values: unknown) => readMeasured({ metrics: { time_series: { cpu: { values } } } }, range);

describe('an answer of metrics', () => {
  it('is read by series, in order', () => {
    const read = of([[1_700_000_060, '2.5'], [1_700_000_000.5, '1']]); // biome-ignore format: one line
    expect(read).toEqual({
      series: new Map([['cpu', [[1_700_000_000_500, 1], [1_700_000_060_000, 2.5]]]]), // biome-ignore format: one line
      newest: 1_700_000_060_000,
      dropped: 0,
    });
  });

  it('loses what is no number or was not asked for', () => {
    const values = [[1_700_000_000, 'NaN'], [1_700_000_060, ''], [1e12, '1'], [0, '1'], ['x', '1'], null, [1], [1_700_000_060, '+Inf'], [1_700_000_060, '1e300'], [1_700_000_120, '7']]; // biome-ignore format: one line
    expect(of(values)).toMatchObject({ dropped: 9, series: new Map([['cpu', [[1_700_000_120_000, 7]]]]) });
  });

  it('may be empty', () => {
    expect(of([])).toEqual({ series: new Map(), newest: undefined, dropped: 0 });
  });

  it('is none where it has another shape, and never throws whatever it is', () => {
    for (const body of [undefined, null, 7, 'x', [], {}, { metrics: null }, { metrics: { time_series: [] } }]) {
      expect(readMeasured(body, range)).toBeUndefined();
    }
    const tree = fc.letrec(tie => ({
      body: fc.oneof({ depthSize: 'small' }, fc.anything(), fc.record({ metrics: tie('body') }), fc.record({ time_series: tie('body') }), fc.record({ cpu: tie('body') }), fc.record({ values: tie('body') }), fc.array(fc.tuple(fc.oneof(fc.integer(), fc.anything()), fc.oneof(fc.string(), fc.anything())))),
    })).body; // biome-ignore format: one line
    fc.assert(
      fc.property(tree, body => {
        const read = readMeasured(body, range);
        for (const samples of read?.series.values() ?? []) {
          for (const [at, value] of samples) expect(Number.isFinite(at) && Number.isFinite(value)).toBe(true);
        }
      }),
      { numRuns: 5000 },
    );
  });
});
