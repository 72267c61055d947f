import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { next, parseCron, periodOf, previous } from '../../../src/core/backup/cron.ts';
import { checkZone, openZone } from '../../../src/core/backup/zone.ts';
import { Failure } from '../../../src/core/failure.ts';

const at = (text: string) => Date.parse(text);
const iso = (time: number) => new Date(time).toISOString().replace('.000Z', 'Z');

function series(line: string, zone: string, after: string, count: number): string[] {
  const cron = parseCron(line, zone);
  let time = at(after);
  return Array.from({ length: count }, () => {
    time = next(cron, time);
    return iso(time);
  });
}

function failureOf(act: () => unknown): Failure {
  try {
    act();
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

describe('a cron line', () => {
  it.each([
    ['* * * * *', '2026-11-25T10:00:00Z', '2026-11-25T10:01:00Z'],
    ['* * * * *', '2026-11-25T10:00:59.999Z', '2026-11-25T10:01:00Z'],
    ['* * * * * *', '2026-11-25T10:00:00.500Z', '2026-11-25T10:00:01Z'],
    ['30 0 3 * * *', '2026-11-25T03:00:29Z', '2026-11-25T03:00:30Z'],
    ['0 3 * * *', '2026-11-25T03:00:00Z', '2026-11-26T03:00:00Z'],
    ['0 3 * * *', '2026-11-25T02:59:59.999Z', '2026-11-25T03:00:00Z'],
    ['*/15 * * * *', '2026-11-25T10:50:00Z', '2026-11-25T11:00:00Z'],
    ['5/20 * * * *', '2026-11-25T10:00:00Z', '2026-11-25T10:05:00Z'],
    ['5/20 * * * *', '2026-11-25T10:25:00Z', '2026-11-25T10:45:00Z'],
    ['0 9-17/4 * * *', '2026-11-25T09:00:00Z', '2026-11-25T13:00:00Z'],
    ['0 0,12 1,15 * *', '2026-11-01T12:00:00Z', '2026-11-15T00:00:00Z'],
    ['0 0 * * 0', '2026-11-25T00:00:00Z', '2026-11-29T00:00:00Z'],
    ['0 0 * * 7', '2026-11-25T00:00:00Z', '2026-11-29T00:00:00Z'],
    ['0 0 * * SUN', '2026-11-25T00:00:00Z', '2026-11-29T00:00:00Z'],
    ['0 0 * * mon-fri', '2026-11-27T00:00:00Z', '2026-11-30T00:00:00Z'],
    ['0 0 * * fri-sun', '2026-11-27T00:00:00Z', '2026-11-28T00:00:00Z'],
    ['0 0 * * */2', '2026-11-22T00:00:00Z', '2026-11-24T00:00:00Z'],
    ['0 0 1 Feb,aug *', '2026-11-25T00:00:00Z', '2027-02-01T00:00:00Z'],
    ['0 0 31 * *', '2026-11-01T00:00:00Z', '2026-12-31T00:00:00Z'],
    ['0 0 29 2 *', '2026-11-25T00:00:00Z', '2028-02-29T00:00:00Z'],
    ['0 0 29 2 *', '2096-02-29T00:00:00Z', '2104-02-29T00:00:00Z'],
    // Either of the two days, as both are given.
    ['0 0 13 * 5', '2026-11-07T00:00:00Z', '2026-11-13T00:00:00Z'],
    ['0 0 13 * 5', '2026-11-13T00:00:00Z', '2026-11-20T00:00:00Z'],
    ['0 0 13 * 1', '2026-12-07T00:00:00Z', '2026-12-13T00:00:00Z'],
    // One that begins with * is not given: both have to hold.
    ['0 0 */2 * 1', '2026-11-24T00:00:00Z', '2026-12-07T00:00:00Z'],
    // The 30th of February never comes, Mondays do.
    ['0 0 30 2 1', '2026-11-25T00:00:00Z', '2027-02-01T00:00:00Z'],
    ['@hourly', '2026-11-25T10:30:00Z', '2026-11-25T11:00:00Z'],
    ['@daily', '2026-11-25T10:30:00Z', '2026-11-26T00:00:00Z'],
    ['@weekly', '2026-11-25T10:30:00Z', '2026-11-29T00:00:00Z'],
    ['@Monthly', '2026-11-25T10:30:00Z', '2026-12-01T00:00:00Z'],
    ['@yearly', '2026-11-25T10:30:00Z', '2027-01-01T00:00:00Z'],
    ['  0   3\t* * *  ', '2026-11-25T00:00:00Z', '2026-11-25T03:00:00Z'],
  ])('%s is due after %s at %s', (line, after, due) => {
    expect(iso(next(parseCron(line, 'UTC'), at(after)))).toBe(due);
  });

  it.each([
    ['', '0 fields'],
    ['* * * *', '4 fields'],
    ['* * * * * * *', '7 fields'],
    ['60 * * * *', "minute '60'"],
    ['61 0 3 * * *', "second '61'"],
    ['* 24 * * *', "hour '24'"],
    ['* * 0 * *', "day of the month '0'"],
    ['* * 32 * *', "day of the month '32'"],
    ['* * * 13 *', "month '13'"],
    ['* * * foo *', 'jan to dec'],
    ['* * * * 8', "day of the week '8'"],
    ['* * * * mo', 'sun to sat'],
    ['*/0 * * * *', "a step of '0'"],
    ['*/61 * * * *', "a step of '61'"],
    ['*/x * * * *', "a step of 'x'"],
    ['*/5/5 * * * *', 'two steps'],
    ['5-1 * * * *', 'ends before it begins'],
    ['1-2-3 * * * *', 'not a range'],
    ['1,,2 * * * *', "minute '1,,2'"],
    ['-1 * * * *', "minute '-1'"],
    ['1.5 * * * *', "minute '1.5'"],
    ['? * * * *', "minute '?'"],
    ['0 0 L * *', "day of the month 'L'"],
    ['@reboot', '@reboot'],
    ['0 0 30 2 *', 'never comes'],
    ['0 0 31 4,6,9,11 *', 'never comes'],
    [`0 0 ${'1,'.repeat(200)}1 * *`, 'longer than 200'],
  ])('%s is refused, and says %s', (line, said) => {
    const failure = failureOf(() => parseCron(line, 'UTC'));
    expect(failure).toMatchObject({ code: 'usage', message: expect.stringContaining(said) });
    expect(failure.hint).toBeTruthy();
  });

  it('never crashes, whatever it is', () => {
    const piece = fc.constantFrom(...'0123456789*/-,@ \tLW#?'.split(''), 'mon', 'jan', '59', '31', 'é', '\u0000');
    const text = fc.oneof(
      fc.string({ maxLength: 40 }),
      fc.array(piece, { maxLength: 20 }).map(all => all.join('')),
    );
    fc.assert(
      fc.property(text, line => {
        try {
          return next(parseCron(line, 'Europe/Berlin'), 1.8e12) > 1.8e12;
        } catch (error) {
          return error instanceof Failure && error.code === 'usage';
        }
      }),
      { numRuns: 10_000 },
    );
  });
});

const zones = [
  'UTC',
  'Europe/Berlin',
  'America/New_York',
  'Australia/Lord_Howe',
  'Asia/Kathmandu',
  'Africa/Casablanca',
];

/** A field: `*`, or a list of numbers, ranges and steps within the bounds. */
function fieldOf(from: number, to: number): fc.Arbitrary<string> {
  const number = fc.integer({ min: from, max: to });
  const range = fc.tuple(number, number).map(([a, b]) => `${Math.min(a, b)}-${Math.max(a, b)}`);
  const step = fc
    .tuple(fc.oneof(fc.constant('*'), range), fc.integer({ min: 1, max: to - from }))
    .map(all => all.join('/'));
  const list = fc.array(fc.oneof(number.map(String), range), { minLength: 1, maxLength: 4 }).map(all => all.join(','));
  return fc.oneof({ weight: 2, arbitrary: fc.constant('*') }, list, step);
}

const lines = fc
  .tuple(
    fc.constantFrom('', '0 ', '*/7 ', '15,45 '),
    fc.tuple(fieldOf(0, 59), fieldOf(0, 23), fieldOf(1, 28), fieldOf(1, 12), fieldOf(0, 6)),
  )
  .map(([seconds, fields]) => seconds + fields.join(' '));
const times = fc.integer({ min: at('2024-01-01'), max: at('2031-01-01') });

describe('a due time', () => {
  it('is after the moment asked for, grows with it, and none lies between', () => {
    fc.assert(
      fc.property(
        lines,
        fc.constantFrom(...zones),
        times,
        fc.integer({ min: 0, max: 1e9 }),
        (line, zone, time, more) => {
          const cron = parseCron(line, zone);
          const due = next(cron, time);
          expect(due).toBeGreaterThan(time);
          expect(due % 1000).toBe(0);
          expect(next(cron, time + more)).toBeGreaterThanOrEqual(due);
          expect(next(cron, due - 1)).toBe(due);
          expect(next(cron, Math.floor((time + due - 1) / 2))).toBe(due);
        },
      ),
      { numRuns: 10_000 },
    );
  });

  it('is a time that the line names in its zone, or the moment of a change of the clock', () => {
    const parts = new Map(
      zones.map(zone => [
        zone,
        new Intl.DateTimeFormat('en-GB', {
          ...{ timeZone: zone, hourCycle: 'h23', weekday: 'short', month: 'numeric', day: 'numeric' },
          ...{ hour: 'numeric', minute: 'numeric', second: 'numeric' },
        } as Intl.DateTimeFormatOptions),
      ]),
    );
    fc.assert(
      fc.property(lines, fc.constantFrom(...zones), times, (line, zone, time) => {
        const cron = parseCron(line, zone);
        const due = next(cron, time);
        if (openZone(zone).changeBetween(due - 1, due)) return;
        const shown = Object.fromEntries(
          parts
            .get(zone)!
            .formatToParts(due)
            .map(({ type, value }) => [type, value]),
        );
        const inMonth = cron.day.includes(Number(shown.day));
        const inWeek = cron.weekday.includes(['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'].indexOf(shown.weekday!));
        expect(cron.second).toContain(Number(shown.second));
        expect(cron.minute).toContain(Number(shown.minute));
        expect(cron.hour).toContain(Number(shown.hour));
        expect(cron.month).toContain(Number(shown.month));
        expect(cron.either ? inMonth || inWeek : inMonth && inWeek).toBe(true);
      }),
      { numRuns: 10_000 },
    );
  });

  it('has one before it, found from behind as from the front', () => {
    fc.assert(
      fc.property(lines, fc.constantFrom(...zones), times, (line, zone, time) => {
        const cron = parseCron(line, zone);
        const before = previous(cron, time);
        expect(before).toBeLessThan(time);
        expect(next(cron, before)).toBeGreaterThanOrEqual(time);
        expect(next(cron, before - 1)).toBe(before);
      }),
      { numRuns: 3000 },
    );
  });

  it('is not asked for beyond the end of time', () => {
    const daily = parseCron('@daily', 'Europe/Berlin');
    for (const time of [Number.NaN, Number.POSITIVE_INFINITY, 8.64e15, -8.64e15]) {
      expect(() => next(daily, time)).toThrow(RangeError);
    }
    expect(next(daily, 7.9e15)).toBeGreaterThan(7.9e15);
  });

  it('leaves as period the time between the last two', () => {
    const daily = parseCron('0 3 * * *', 'Europe/Berlin');
    expect(periodOf(daily, at('2026-11-25T12:00Z'))).toBe(24 * 3_600_000);
    expect(periodOf(daily, at('2026-03-29T12:00Z'))).toBe(23 * 3_600_000);
    expect(periodOf(daily, at('2026-10-25T12:00Z'))).toBe(25 * 3_600_000);
    expect(periodOf(parseCron('0 9,10 * * *', 'UTC'), at('2026-11-25T10:00Z'))).toBe(3_600_000);
    expect(periodOf(parseCron('0 9,10 * * *', 'UTC'), at('2026-11-25T09:59:59Z'))).toBe(23 * 3_600_000);
    expect(periodOf(parseCron('0 0 1 * *', 'UTC'), at('2026-03-05T00:00Z'))).toBe(28 * 86_400_000);
  });

  it('leaves the same period whatever was asked for before', () => {
    const crons = ['0 3 * * *', '*/20 * * * *', '30 2 * * 0', '0 4 1 * *'].map(text =>
      parseCron(text, 'Europe/Berlin'),
    );
    const times = fc.integer({ min: at('2026-03-20T00:00Z'), max: at('2026-11-10T00:00Z') });
    const near = fc.integer({ min: -90_000_000, max: 90_000_000 });
    fc.assert(
      fc.property(fc.constantFrom(...crons), times, fc.array(near, { maxLength: 5 }), (cron, time, steps) => {
        for (const now of [time, ...steps.map(step => time + step), next(cron, time), next(cron, time) - 1]) {
          const last = previous(cron, now + 1);
          expect(periodOf(cron, now)).toBe(last - previous(cron, last));
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe('where the clock is changed', () => {
  it('a skipped time comes at the change, once', () => {
    expect(series('30 2 * * *', 'Europe/Berlin', '2026-03-27T12:00Z', 3)).toEqual([
      '2026-03-28T01:30:00Z',
      '2026-03-29T01:00:00Z',
      '2026-03-30T00:30:00Z',
    ]);
    expect(series('*/15 2 * * *', 'Europe/Berlin', '2026-03-28T12:00Z', 2)).toEqual([
      '2026-03-29T01:00:00Z',
      '2026-03-30T00:00:00Z',
    ]);
    expect(series('0 2,3 * * *', 'Europe/Berlin', '2026-03-28T12:00Z', 2)).toEqual([
      '2026-03-29T01:00:00Z',
      '2026-03-30T00:00:00Z',
    ]);
  });

  it('a doubled time comes at the first of the two', () => {
    expect(series('30 2 * * *', 'Europe/Berlin', '2026-10-24T12:00Z', 2)).toEqual([
      '2026-10-25T00:30:00Z',
      '2026-10-26T01:30:00Z',
    ]);
    expect(series('*/30 1,2 * * *', 'America/New_York', '2026-11-01T04:00Z', 5)).toEqual([
      '2026-11-01T05:00:00Z',
      '2026-11-01T05:30:00Z',
      '2026-11-01T07:00:00Z',
      '2026-11-01T07:30:00Z',
      '2026-11-02T06:00:00Z',
    ]);
    // The next is asked for in the second of the doubled hours.
    expect(series('30 2 * * *', 'Europe/Berlin', '2026-10-25T01:15Z', 1)).toEqual(['2026-10-26T01:30:00Z']);
  });

  it('a line for every hour counts what passes', () => {
    expect(series('0 * * * *', 'Europe/Berlin', '2026-03-28T23:30Z', 4)).toEqual([
      '2026-03-29T00:00:00Z',
      '2026-03-29T01:00:00Z',
      '2026-03-29T02:00:00Z',
      '2026-03-29T03:00:00Z',
    ]);
    expect(series('0 0-23 * * *', 'Europe/Berlin', '2026-10-24T23:30Z', 4)).toEqual([
      '2026-10-25T00:00:00Z',
      '2026-10-25T01:00:00Z',
      '2026-10-25T02:00:00Z',
      '2026-10-25T03:00:00Z',
    ]);
  });

  it('a day that begins in the gap begins after it', () => {
    expect(series('0 0 * * *', 'Asia/Beirut', '2026-03-28T12:00Z', 2)).toEqual([
      '2026-03-28T22:00:00Z',
      '2026-03-29T21:00:00Z',
    ]);
    expect(series('@weekly', 'Asia/Beirut', '2026-03-28T12:00Z', 1)).toEqual(['2026-03-28T22:00:00Z']);
  });

  it('half an hour is exact too', () => {
    expect(series('15 2 * * *', 'Australia/Lord_Howe', '2026-10-03T00:00Z', 2)).toEqual([
      '2026-10-03T15:30:00Z',
      '2026-10-04T15:15:00Z',
    ]);
    expect(series('45 1 * * *', 'Australia/Lord_Howe', '2026-04-04T00:00Z', 2)).toEqual([
      '2026-04-04T14:45:00Z',
      '2026-04-05T15:15:00Z',
    ]);
  });
});

describe('a zone', () => {
  it('is known by its names, however they are cased', () => {
    expect(checkZone('europe/berlin')).toBe('Europe/Berlin');
    expect(checkZone('utc')).toBe('UTC');
    expect(checkZone('Asia/Kolkata')).toBe('Asia/Kolkata');
    expect(checkZone('Etc/GMT+1')).toBe('Etc/GMT+1');
  });

  it.each([
    ['Europe/Berlni', 'Europe/Berlin'],
    ['Berlin', 'Europe/Berlin'],
    ['new york', 'America/New_York'],
    ['Mars/Base', 'IANA'],
    ['+01:00', 'IANA'],
    ['', 'IANA'],
    ['x'.repeat(5000), 'IANA'],
  ])('that is not one is refused: %s', (text, hint) => {
    const failure = failureOf(() => parseCron('0 3 * * *', text));
    expect(failure).toMatchObject({ code: 'usage', hint: expect.stringContaining(hint) });
    expect(failure.message.length).toBeLessThan(200);
  });
});
