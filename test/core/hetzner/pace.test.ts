import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Budget, learn, take } from '../../../src/core/hetzner/pace.ts';

const headers = (limit: number, remaining: number) => ({
  'ratelimit-limit': String(limit),
  'ratelimit-remaining': String(remaining),
  'ratelimit-reset': '9999999999',
});
const told = (limit: number, remaining: number, now = 0) =>
  learn(undefined, { status: 200, headers: headers(limit, remaining) }, now);

/** When each of so many requests that are wanted at once may start. */
function starts(budget: Budget | undefined, count: number, now: number): number[] {
  const times: number[] = [];
  let left = budget;
  for (let index = 0; index < count; index += 1) {
    const turn = take(left, now);
    times.push(turn.start);
    left = turn.budget;
  }
  return times;
}

describe('take', () => {
  it('does not wait while nothing is known or plenty is left', () => {
    expect(starts(undefined, 3, 7)).toEqual([7, 7, 7]);
    expect(starts(told(3600, 3000), 100, 0)).toEqual(Array(100).fill(0));
  });

  it('spreads requests at the rate of the refill once few are left, however far away the reset is', () => {
    expect(starts(told(3600, 3), 4, 0)).toEqual([0, 1000, 2000, 3000]);
    expect(starts(told(7200, 3), 3, 0)).toEqual([0, 500, 1000]);
    expect(starts(told(3600, 22), 5, 0)).toEqual([0, 0, 0, 1000, 2000]);
  });

  it('counts what has been refilled since', () => {
    expect(starts(told(3600, 0), 3, 60_000)).toEqual([60_000, 60_000, 60_000]);
  });

  it('is not slowed down by a limit that is small as a whole', () => {
    expect(starts(told(100, 50), 30, 0)).toEqual(Array(30).fill(0));
  });

  it('never lets a spread request start sooner than a refill after the one before, nor any in the past', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 10_000 }),
        fc.nat(20),
        fc.nat(1e6),
        fc.integer({ min: 1, max: 40 }),
        (limit, left, now, count) => {
          const times = starts(told(limit, Math.min(left, limit / 10), now), count, now);
          times.forEach((time, index) => {
            expect(time).toBeCloseTo(now + (index * 3_600_000) / limit, 3);
          });
        },
      ),
    );
  });
});

describe('learn', () => {
  it('takes a 429 for an empty bucket, with the limit that is known or usual', () => {
    const budget = learn(undefined, { status: 429, headers: {} }, 5);
    expect(budget).toMatchObject({ limit: 3600, left: 0, at: 5 });
    expect(learn(told(7200, 100), { status: 429, headers: {} }, 5)).toMatchObject({ limit: 7200, left: 0 });
  });

  it('keeps what it knows when an answer says nothing or nonsense', () => {
    const known = told(3600, 100);
    expect(learn(known, { status: 200, headers: {} }, 9)).toBe(known);
    expect(learn(known, { status: 200, headers: { 'ratelimit-remaining': 'many' } }, 9)).toBe(known);
    expect(learn(known, { status: 200, headers: { 'ratelimit-remaining': '-3' } }, 9)).toBe(known);
    expect(learn(known, { status: 200, headers: headers(0, 7) }, 9)).toMatchObject({ limit: 3600, left: 7 });
  });
});
