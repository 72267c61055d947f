import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { leftNow } from '../../../../src/core/hetzner/budget.ts';
import { heard, unknownBucket } from '../../../../src/daemon/gateway/upstream/bucket.ts';

const now = 10_000_000;
/** What somebody was told, in the last hour or by a clock that is ahead. */
const told = fc.record({ left: fc.nat(3600), at: fc.integer({ min: now - 3_600_000, max: now + 60_000 }) });
const budget = (one: { left: number; at: number }) => ({ limit: 3600, next: 0, ...one });
const known = (...all: readonly { left: number; at: number }[]) =>
  all.reduce((bucket, one) => heard(bucket, budget(one), now), unknownBucket);

describe('what several daemons were told of a bucket of requests', () => {
  it('is the least that any of them knows, in whatever order and however often they tell', () => {
    fc.assert(
      fc.property(fc.array(told, { minLength: 1, maxLength: 8 }), fc.func(fc.integer()), (all, by) => {
        const least = Math.min(...all.map(one => leftNow(budget(one), now)));
        const others = [...all, ...all].sort((one, other) => by(one) - by(other));
        expect(known(...all).budget).toEqual({ limit: 3600, next: 0, left: least, at: now });
        expect(known(...others)).toEqual(known(...all));
      }),
    );
  });

  it('is never more than there is, whoever has taken what since he was told', () => {
    const taken = fc.record({ by: fc.nat(1), after: fc.nat(5_000), count: fc.nat(400) });
    fc.assert(
      fc.property(fc.array(taken, { minLength: 2, maxLength: 20 }), all => {
        let truth = budget({ left: 3600, at: 0 });
        const known: { left: number; at: number }[] = [];
        for (const { by, after: pause, count } of all) {
          const at = truth.at + pause;
          const left = Math.max(0, leftNow(truth, at) - count);
          truth = { ...truth, left, at };
          known[by] = { left, at };
        }
        const [first, ...rest] = known.filter(Boolean).map(budget);
        const bucket = rest.reduce((one, other) => heard(one, other, truth.at), { ...unknownBucket, budget: first });
        const left = leftNow(bucket.budget!, truth.at);
        expect(left).toBeCloseTo(truth.left, 6);
      }),
    );
  });

  it('leaves the turns of who was waiting as they were', () => {
    const next = { write: 1, read: 2, background: 3 };
    expect(heard({ ...unknownBucket, next }, budget({ left: 1, at: now }), now).next).toBe(next);
  });
});
