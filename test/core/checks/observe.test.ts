import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Outcome } from '../../../src/core/checks/check.ts';
import { slowest, window } from '../../../src/core/checks/flap.ts';
import { findKind } from '../../../src/core/checks/kinds.ts';
import { fallsAt, observe, tolerance, unwatched, type Watched } from '../../../src/core/checks/observe.ts';
import { type Policy, readPolicy } from '../../../src/core/checks/policy.ts';

const minute = 60_000;
const policy: Policy = { interval: minute, timeout: 10_000, for: 0, count: 3, recoverCount: 2, severity: 'critical' };
const letters: Readonly<Record<string, Outcome>> = { u: 'up', d: 'down', '?': 'unknown' };

/** What is known after results a minute apart, one a letter, the first of them at 0. */
function reach(results: string, given: Partial<Policy> = {}, from = unwatched(0)): Watched {
  return [...results].reduce(
    (known, letter, index) =>
      observe(known, { outcome: letters[letter]!, message: '' }, { ...policy, ...given }, index * minute),
    from,
  );
}

const outcomes = fc.array(fc.constantFrom<Outcome>('up', 'down', 'unknown'), { minLength: 1, maxLength: 200 });
const policies = fc.record({
  interval: fc.constant(minute),
  timeout: fc.constant(1000),
  for: fc.integer({ min: 0, max: 10 * minute }),
  count: fc.integer({ min: 1, max: 6 }),
  recoverCount: fc.integer({ min: 1, max: 6 }),
  severity: fc.constant('critical' as const),
});

/** All that was known, after each of the results. */
function each(results: readonly Outcome[], given: Policy): Watched[] {
  let known = unwatched(0);
  return results.map((outcome, index) => {
    known = observe(known, { outcome, message: '' }, given, index * minute);
    return known;
  });
}

describe('the time at which something falls', () => {
  const start = (count: number) => reach('u'.repeat(count));

  it('is the one at which it is down when nothing but failures comes, and is known from the first of them', () => {
    fc.assert(
      fc.property(policies, fc.integer({ min: 0, max: 3 }), (given, ups) => {
        let known = start(ups);
        let said: number | undefined;
        for (let now = ups * minute; ; now += minute) {
          known = observe(known, { outcome: 'down', message: '' }, given, now);
          if (known.state === 'down') return void expect(said ?? now).toBe(now);
          const falls = fallsAt(known, given, now + minute);
          expect(falls).toBe(said ?? falls);
          said = falls;
        }
      }),
    );
  });

  it('is right to an interval, however long each answer takes', () => {
    fc.assert(
      fc.property(policies, fc.array(fc.nat(5000), { minLength: 30, maxLength: 30 }), (given, took) => {
        let known = unwatched(0);
        let said: number | undefined;
        for (const [place, ms] of took.entries()) {
          const now = place * minute + ms;
          known = observe(known, { outcome: 'down', message: '' }, given, now);
          const due = place * minute;
          if (known.state === 'down') return void expect(Math.abs((said ?? due) - due)).toBeLessThanOrEqual(minute);
          said = fallsAt(known, given, due + minute)!;
          expect(said).toBeGreaterThan(now);
        }
        expect(known.state).toBe('down');
      }),
    );
  });

  it('is unknown while nothing fails, and past when it is down', () => {
    expect(fallsAt(start(1), policy, minute)).toBeUndefined();
    expect(fallsAt(reach('ud'), policy, 2 * minute)).toBe(3 * minute);
    expect(fallsAt(reach('uddd'), policy, 4 * minute)).toBeUndefined();
    expect(fallsAt(reach('uddu'), policy, 4 * minute)).toBeUndefined();
  });
});

describe('what is watched', () => {
  it.each([
    ['u', 'up'],
    ['dd', 'new'],
    ['ddd', 'down'],
    ['udd', 'up'],
    ['uddd', 'down'],
    ['uddudd', 'up'],
    ['uddd' + 'u', 'down'],
    ['uddd' + 'uu', 'up'],
    ['uddd' + 'udu', 'down'],
    ['u??', 'up'],
    ['u???', 'unknown'],
    ['ud?d?d', 'down'],
    ['uddd???u', 'unknown'],
    ['u???uu', 'up'],
    ['uddd???', 'unknown'],
  ])('is after %s: %s', (results, state) => {
    expect(reach(results).state).toBe(state);
  });

  it('is down only when it has failed both often and long enough', () => {
    expect(reach('udddd', { for: 4 * minute }).state).toBe('up');
    expect(reach('uddddd', { for: 4 * minute }).state).toBe('down');
  });

  it('is down after so many intervals as it has to fail for, though the last answer was quicker than the first', () => {
    const given = { ...policy, count: 1, for: 2 * minute };
    const failed = { outcome: 'down', message: '' } as const;
    const times = [300, minute + 10, 2 * minute + 10];
    const known = times.reduce((before, now) => observe(before, failed, given, now), unwatched(0));
    expect(known.state).toBe('down');
  });

  it('is in a state since the first of the results that led to it', () => {
    expect(reach('uuddd')).toMatchObject({ state: 'down', since: 2 * minute });
    expect(reach('uuddduu')).toMatchObject({ state: 'up', since: 5 * minute });
  });

  it('stays down until its value has passed the threshold at which that ends', () => {
    const given = { ...policy, count: 1, recoverCount: 1, clear: 45 };
    const at = (value: number, outcome: Outcome) => ({ outcome, message: '', value, wrong: 'above' as const });
    const down = observe(unwatched(0), at(51, 'down'), given, 0);
    expect(down.state).toBe('down');
    const still = observe(down, at(48, 'up'), given, minute);
    expect(still.state).toBe('down');
    expect(observe(still, at(45, 'up'), given, 2 * minute).state).toBe('up');
  });

  it('is said to flap when it goes up and down again and again, until it has settled', () => {
    const restless = reach('uddduudddduuuuudddddduuuuu', { count: 2, recoverCount: 2 });
    const more = reach('ud'.repeat(3), { count: 1, recoverCount: 1 });
    expect(restless.flapping || more.flapping).toBe(true);
    const calm = observe(more, { outcome: 'up', message: '' }, policy, 6 * minute + window);
    expect(calm).toMatchObject({ flapping: false, changes: [] });
  });
});

describe('whatever the results are', () => {
  it('nothing is down that has not failed as often and as long as asked, unknown results not counted', () => {
    fc.assert(
      fc.property(outcomes, policies, (results, given) => {
        const known = each(results, given);
        known.forEach(({ state }, index) => {
          if (state !== 'down' || known[index - 1]?.state === 'down') return;
          const failed = results.slice(0, index + 1).reverse();
          const solid = failed.filter(outcome => outcome !== 'unknown');
          expect(solid.slice(0, given.count)).toEqual(Array(given.count).fill('down'));
          expect(index * minute - known[index]!.failing.since).toBeGreaterThanOrEqual(given.for - tolerance);
        });
      }),
      { numRuns: 500 },
    );
  });

  it('unknown results alone never make it down, and never up', () => {
    fc.assert(
      fc.property(outcomes, policies, (results, given) => {
        let known = each(results, given).at(-1)!;
        for (let index = 0; index < 20; index += 1) {
          const next = observe(known, { outcome: 'unknown', message: '' }, given, (results.length + index) * minute);
          if (next.state !== known.state) expect(next.state).toBe('unknown');
          known = next;
        }
      }),
    );
  });

  it('what stays the same is said at last, however often it changed before', () => {
    const steady = fc.constantFrom<Outcome>('up', 'down');
    fc.assert(
      fc.property(outcomes, policies, steady, (results, given, outcome) => {
        let known = each(results, given).at(-1)!;
        const enough = Math.max(slowest, given.for) / minute + 10;
        for (let index = 0; index < enough; index += 1) {
          known = observe(known, { outcome, message: '' }, given, (results.length + index) * minute);
        }
        expect(known.state).toBe(outcome);
      }),
    );
  });

  it('it changes fewer than 15 times in two hours', () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { minLength: 120, maxLength: 400 }), bits => {
        const given = { ...policy, count: 1, recoverCount: 1 };
        const known = each(
          bits.map(bit => (bit ? 'up' : 'down')),
          given,
        );
        expect(Math.max(...known.map(({ changes }) => changes.length))).toBeLessThan(15);
      }),
    );
  });

  it('its states follow each other without a gap or an overlap', () => {
    fc.assert(
      fc.property(outcomes, policies, (results, given) => {
        let since = 0;
        for (const known of each(results, given)) {
          expect(known.since).toBeGreaterThanOrEqual(since);
          since = known.since;
        }
      }),
    );
  });
});

describe('a policy', () => {
  const http = findKind('http');

  it('fails three times over the network before it is down, and once elsewhere', () => {
    expect(readPolicy(http, {})).toEqual({
      ...{ interval: minute, timeout: 10_000, for: 0, count: 3, recoverCount: 1, severity: 'critical' },
    });
    expect(readPolicy(findKind('budget'), {}).count).toBe(1);
  });

  it('keeps what is not given', () => {
    const before = readPolicy(http, { interval: 30_000, count: 5, clear: 3 });
    expect(readPolicy(http, { within: 5000 }, before)).toEqual({ ...before, timeout: 5000 });
  });

  it.each([
    [{ interval: 0 }, 'interval: 0s is not 10s to 1d'],
    [{ interval: 9999 }, 'interval'],
    [{ interval: 10_000, within: 11_000 }, 'within: is longer than the interval'],
    [{ within: 0 }, 'within'],
    [{ count: 0 }, 'count'],
    [{ 'recover-count': 101 }, 'recover-count'],
    [{ for: -1 }, 'for'],
  ])('refuses %j', (given, message) => {
    expect(() => readPolicy(http, given)).toThrow(message);
  });
});
