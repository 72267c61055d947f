import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type FailureCode, failures } from '../../../src/core/failure.ts';
import { backoff } from '../../../src/core/queue/backoff.ts';

const codes = Object.keys(failures) as FailureCode[];
const code = fc.constantFrom(...codes);
const attempts = fc.integer({ min: 0, max: 5000 });
const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
const almostOne = 1 - Number.EPSILON;

describe('backoff', () => {
  it('is a whole number of milliseconds from 1 up to an hour, whatever has happened', () => {
    fc.assert(
      fc.property(code, attempts, random, (code, attempts, random) => {
        const wait = backoff(code, attempts, random);
        expect(Number.isInteger(wait)).toBe(true);
        expect(wait).toBeGreaterThanOrEqual(1);
        expect(wait).toBeLessThanOrEqual(3_600_000);
      }),
    );
  });

  it('grows with the chance that was drawn, from almost nothing to all of the range', () => {
    fc.assert(
      fc.property(code, attempts, random, random, (code, attempts, one, other) => {
        const [less, more] = [Math.min(one, other), Math.max(one, other)];
        expect(backoff(code, attempts, less)).toBeLessThanOrEqual(backoff(code, attempts, more));
        expect(backoff(code, attempts, 0)).toBe(1);
      }),
    );
  });

  it('may wait twice as long after each failure, until it is an hour', () => {
    fc.assert(
      fc.property(code, fc.integer({ min: 0, max: 30 }), (code, attempts) => {
        const first = code === 'limited' || code === 'conflict' ? 15_000 : 5000;
        const most = Math.min(3_600_000, first * 2 ** attempts);
        expect(backoff(code, attempts, almostOne)).toBeGreaterThanOrEqual(most - 1);
        expect(backoff(code, attempts, almostOne)).toBeLessThanOrEqual(most);
      }),
    );
  });

  it('spreads evenly what failed together', () => {
    const parts = [0, 0, 0, 0];
    for (let draw = 0; draw < 1000; draw++) parts[Math.floor((backoff('timeout', 3, draw / 1000) / 40_000) * 4)]! += 1;
    expect(parts).toEqual([250, 250, 250, 250]);
  });
});
