import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { describeKeep, differsInRetention } from '../../../src/core/backup/keep.ts';
import { checkSpec, type SpecInput } from '../../../src/core/backup/spec.ts';
import { Failure } from '../../../src/core/failure.ts';

const now = Date.parse('2026-11-25T04:00Z');
const hour = 3_600_000;
const day = 24 * hour;
const least: SpecInput = { servers: ['web-1'], cron: '0 3 * * *', keep: { last: 3 } };
const check = (more: SpecInput = {}) => checkSpec({ ...least, ...more }, now);

function failureOf(input: SpecInput): Failure {
  try {
    checkSpec(input, now);
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

describe('what a schedule is asked for', () => {
  it('has defaults for all but servers, time and retention', () => {
    expect(check()).toEqual({
      ...{ servers: ['web-1'], exclude: [], cron: '0 3 * * *', zone: 'UTC', keep: { last: 3 }, minKeep: 1 },
      ...{ shutdown: false, window: 4 * hour, jitter: 0, grace: day },
    });
  });

  it('may say all', () => {
    const all = {
      ...{
        servers: ['web-1', '42'],
        selector: 'env=prod',
        exclude: ['web-2'],
        cron: '30 2 * * sun',
        zone: 'Europe/Berlin',
      },
      ...{ keep: { last: 1, hourly: 2, daily: 3, weekly: 4, monthly: 5, yearly: 6, within: 14 * day }, minKeep: 2 },
      ...{ shutdown: true, before: 'freeze-db', after: 'thaw-db', window: hour, jitter: 600_000, grace: 0 },
      ...{ maxMonthlyCost: 12.5, verifyCron: '0 5 1 * *' },
    };
    expect(check(all)).toEqual(all);
  });

  it('is the same when it is checked again', () => {
    const once = check({
      selector: 'a',
      exclude: ['x'],
      keep: { daily: 0, within: '14d' },
      maxMonthlyCost: 1,
      verifyCron: '@weekly',
    });
    expect(checkSpec({ ...once }, now)).toEqual(once);
    expect(checkSpec(JSON.parse(JSON.stringify(once)), now)).toEqual(once);
  });

  it('takes durations as text or milliseconds, ids as numbers, null as not given, a name once', () => {
    expect(check({ window: '90m', jitter: '10m', grace: '2d', keep: { within: '2w' } })).toMatchObject({
      ...{ window: 1.5 * hour, jitter: 600_000, grace: 2 * day, keep: { within: 14 * day } },
    });
    expect(check({ servers: [42, 'web-1', '42'], selector: null, before: null }).servers).toEqual(['42', 'web-1']);
    expect(check({ zone: ' europe/berlin ', cron: ' 0  3 * * * ' })).toMatchObject({
      zone: 'Europe/Berlin',
      cron: '0  3 * * *',
    });
  });

  it.each<readonly [string, SpecInput, string]>([
    ['no servers and no selector', { servers: [] }, 'no servers and no selector'],
    ['servers that are no list', { servers: 'web-1' }, 'servers: is not a list'],
    ['too many servers', { servers: Array(1001).fill('x') }, 'servers: has more than 1000'],
    ['a server without a name', { servers: [''] }, 'servers: is not a text'],
    ['a name too long', { servers: ['x'.repeat(101)] }, 'servers: is longer than 100'],
    ['a name that controls the terminal', { servers: ['a\u001b[2J'] }, 'servers: has a control character'],
    ['a selector that is none', { selector: 'a=b=c' }, "selector: 'a=b=c' is not a label selector"],
    ['an empty selector', { selector: '' }, 'selector: is not a text'],
    ['an exclusion from nothing', { exclude: ['web-2'] }, 'exclude: there is no selector'],
    ['no cron line', { cron: undefined }, 'cron: is missing'],
    ['a wrong cron line', { cron: '0 25 * * *' }, "cron: hour '25': '25' is not 0 to 23"],
    ['a day that never comes', { cron: '0 0 30 2 *' }, 'never comes'],
    ['a wrong zone', { zone: 'Europe/Berlni' }, "'Europe/Berlni' is not a time zone"],
    ['a wrong cron line of tests', { verifyCron: '* *' }, "verifyCron: '* *' has 2 fields"],
    ['no retention', { keep: undefined }, 'retention keeps nothing'],
    ['an empty retention', { keep: {} }, 'retention keeps nothing'],
    ['last 0 alone', { keep: { last: 0 } }, 'retention keeps nothing'],
    ['within 0 alone', { keep: { within: '0s' } }, 'retention keeps nothing'],
    ['a retention that is a list', { keep: [] }, 'keep: is not an object'],
    ['a rule that is none', { keep: { dayly: 7 } }, 'keep.dayly: no such setting'],
    ['a negative count', { keep: { last: -1 } }, "keep.last: '-1' is not a whole number from 0 to 10000"],
    ['half an image', { keep: { daily: 1.5 } }, "keep.daily: '1.5' is not a whole number"],
    ['a count that is a text', { keep: { daily: '7' } }, "keep.daily: '7' is not a whole number"],
    ['a count too large', { keep: { daily: 10_001 } }, "keep.daily: '10001'"],
    ['a within that is none', { keep: { within: '2 weeks' } }, "keep.within: '2 weeks' is not a duration"],
    ['nothing that always stays', { minKeep: 0 }, "minKeep: '0' is not a whole number from 1"],
    ['a flag that is none', { shutdown: 'yes' }, "shutdown: 'yes' is neither"],
    ['a path as a hook', { before: '/bin/sh' }, "before: '/bin/sh' is not the name"],
    ['arguments to a hook', { after: 'rm -rf' }, "after: 'rm -rf' is not the name"],
    ['a window too short', { window: '30s' }, 'window: 30s is not 1m to 31d'],
    ['a window too long', { window: '32d' }, 'window: 32d is not 1m to 31d'],
    ['a window that is none', { window: true }, "window: 'true' is not 1m to 31d"],
    ['a negative jitter', { jitter: -1 }, "jitter: '-1' is not 0s to 1d"],
    [
      'a jitter as long as the time between two runs',
      { cron: '0 * * * *', jitter: '1h' },
      'jitter: 1h is not less than the time between two runs, 1h',
    ],
    [
      'a jitter longer than the shortest time between two runs',
      { cron: '0 1,2,12 * * *', jitter: '2h' },
      'two runs, 1h',
    ],
    ['a grace too long', { grace: '91d' }, 'grace: 91d is not 0s to 90d'],
    ['a grace that is not a number', { grace: Number.NaN }, "grace: 'NaN' is not"],
    ['a cost of nothing', { maxMonthlyCost: 0 }, "maxMonthlyCost: '0' is not an amount above 0"],
    ['an endless cost', { maxMonthlyCost: Number.POSITIVE_INFINITY }, 'maxMonthlyCost'],
    ['a setting that is none', { widnow: '4h' }, 'widnow: no such setting'],
  ])('is refused with %s', (_what, more, message) => {
    const failure = failureOf({ ...least, ...more });
    expect(failure.code).toBe('usage');
    expect(failure.message).toContain(message);
  });

  it('names what was meant', () => {
    expect(failureOf({ ...least, widnow: 1 }).hint).toBe('Did you mean window?');
    expect(failureOf({ ...least, keep: { dayly: 1 } }).hint).toBe('Did you mean daily?');
    expect(failureOf({ ...least, zone: 'Berlin' }).hint).toBe('Did you mean Europe/Berlin?');
  });

  it('is taken as checked or refused with a message of one short line, whatever it is', () => {
    const keys = Object.keys(
      check({ selector: 'a', before: 'b', after: 'c', maxMonthlyCost: 1, verifyCron: '@daily' }),
    );
    const rule = fc.constantFrom('last', 'hourly', 'daily', 'within', '__proto__', 'x');
    const value = fc.oneof(
      fc.anything({ maxDepth: 1, maxKeys: 3 }),
      fc.constantFrom('0 3 * * *', '@hourly', 'Europe/Berlin', 'env=prod', '4h', '0', 1, 2, 3_600_000, true),
      fc.array(fc.string(), { maxLength: 3 }),
      fc.dictionary(rule, fc.oneof(fc.nat(9), fc.constant('14d'), fc.anything({ maxDepth: 0 })), { maxKeys: 3 }),
    );
    const more = fc.dictionary(fc.oneof({ weight: 9, arbitrary: fc.constantFrom(...keys) }, fc.string()), value, {
      maxKeys: 3,
    });
    let taken = 0;
    fc.assert(
      fc.property(more, given => {
        const input = { ...least, ...given };
        try {
          const checked = checkSpec(input, now);
          taken += 1;
          expect(checkSpec({ ...checked }, now)).toEqual(checked);
        } catch (error) {
          if (!(error instanceof Failure)) throw error;
          expect(error.code).toBe('usage');
          expect(error.message.length).toBeLessThan(500);
          expect(error.message).not.toContain('\n');
        }
      }),
      { numRuns: 10_000 },
    );
    expect(taken).toBeGreaterThan(500);
  });
});

describe('the retention', () => {
  it.each([
    [{ last: 3 }, 1, 'the last 3; at least 1'],
    [{ daily: 1, weekly: 4 }, 2, 'one for each of 1 day and one for each of 4 weeks; at least 2'],
    [
      { last: 3, daily: 7, monthly: 12, yearly: 0, within: 14 * day },
      1,
      'the last 3, one for each of 7 days, one for each of 12 months and all of the last 14d; at least 1',
    ],
  ])('%j is told in words', (keep, minKeep, words) => expect(describeKeep({ keep, minKeep })).toBe(words));

  it('differs when the same images may be judged otherwise', () => {
    const one = check({ keep: { last: 3, daily: 7 } });
    expect(differsInRetention(one, { ...one, keep: { daily: 7, last: 3, weekly: 0 } })).toBe(false);
    expect(differsInRetention(one, { ...one })).toBe(false);
    expect(differsInRetention(one, { ...one, keep: { last: 3, daily: 6 } })).toBe(true);
    expect(differsInRetention(one, { ...one, keep: { last: 3 } })).toBe(true);
    expect(differsInRetention(one, { ...one, keep: { ...one.keep, within: day } })).toBe(true);
    expect(differsInRetention(one, { ...one, minKeep: 2 })).toBe(true);
    expect(differsInRetention(one, { ...one, zone: 'Asia/Tokyo' })).toBe(true);
  });
});
