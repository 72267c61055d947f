import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Retained, retain } from '../../../src/core/backup/retention.ts';
import type { Keep } from '../../../src/core/backup/types.ts';

const hour = 3_600_000;
const day = 24 * hour;

/** What stays of images made at those times (UTC), as `time: reasons`, from the newest to the oldest. */
function kept(times: readonly string[], keep: Keep, zone = 'UTC'): string[] {
  const images = times.map((time, index) => ({ id: index, created: Date.parse(`${time}Z`) }));
  const reasons = retain(images, keep, zone);
  const sorted = [...images].sort((a, b) => b.created - a.created);
  return sorted.flatMap(({ id }) => (reasons.has(id) ? [`${times[id]}: ${reasons.get(id)!.join('; ')}`] : []));
}

/** `count` times, `gap` hours apart, the first the newest. */
function every(gap: number, newest: string, count: number): string[] {
  const first = Date.parse(`${newest}Z`);
  return Array.from({ length: count }, (_, index) => new Date(first - index * gap * hour).toISOString().slice(0, 16));
}

const nightly = every(24, '2026-11-25T03:00', 40);
const hourly = every(1, '2026-11-25T03:00', 30);
const weekly = every(7 * 24, '2026-11-25T03:00', 30);
const one = ['2026-11-25T03:00'];

type Case = readonly [what: string, times: readonly string[], keep: Keep, expected: readonly string[], zone?: string];

const cases: readonly Case[] = [
  ['nothing stays of nothing', [], { last: 3, within: day }, []],
  ['last 1 is the newest', nightly, { last: 1 }, ['2026-11-25T03:00: last 1 of 1']],
  [
    'last 3 are the three newest',
    nightly,
    { last: 3 },
    ['2026-11-25T03:00: last 1 of 3', '2026-11-24T03:00: last 2 of 3', '2026-11-23T03:00: last 3 of 3'],
  ],
  [
    'last with fewer images than that keeps all',
    nightly.slice(0, 2),
    { last: 5 },
    ['2026-11-25T03:00: last 1 of 5', '2026-11-24T03:00: last 2 of 5'],
  ],
  ['the order of the input is no matter', [...nightly].reverse(), { last: 1 }, ['2026-11-25T03:00: last 1 of 1']],
  [
    'hourly 2 keeps the newest of two hours',
    ['2026-11-25T03:10', '2026-11-25T03:50', '2026-11-25T02:05', '2026-11-25T02:55', '2026-11-25T01:00'],
    { hourly: 2 },
    ['2026-11-25T03:50: hourly 2026-11-25T03+00:00', '2026-11-25T02:55: hourly 2026-11-25T02+00:00'],
  ],
  [
    'an hour without an image takes no place',
    ['2026-11-25T03:00', '2026-11-24T20:00', '2026-11-20T11:00', '2026-11-19T10:00'],
    { hourly: 3 },
    [
      '2026-11-25T03:00: hourly 2026-11-25T03+00:00',
      '2026-11-24T20:00: hourly 2026-11-24T20+00:00',
      '2026-11-20T11:00: hourly 2026-11-20T11+00:00',
    ],
  ],
  [
    'daily 2 keeps the newest of two days',
    hourly,
    { daily: 2 },
    ['2026-11-25T03:00: daily 2026-11-25', '2026-11-24T23:00: daily 2026-11-24'],
  ],
  [
    'daily 3 with two days of images keeps the oldest too',
    hourly.slice(0, 10),
    { daily: 3 },
    [
      '2026-11-25T03:00: daily 2026-11-25',
      '2026-11-24T23:00: daily 2026-11-24',
      '2026-11-24T18:00: daily 2026-11-24, the oldest',
    ],
  ],
  [
    'daily 2 with two days of images has no place left for the oldest',
    hourly.slice(0, 10),
    { daily: 2 },
    ['2026-11-25T03:00: daily 2026-11-25', '2026-11-24T23:00: daily 2026-11-24'],
  ],
  [
    'a day without an image takes no place',
    ['2026-11-25T03:00', '2026-11-20T03:00', '2026-10-01T03:00', '2026-09-01T03:00'],
    { daily: 3 },
    ['2026-11-25T03:00: daily 2026-11-25', '2026-11-20T03:00: daily 2026-11-20', '2026-10-01T03:00: daily 2026-10-01'],
  ],
  [
    'a day is from midnight to midnight',
    ['2026-11-25T00:00', '2026-11-24T23:59', '2026-11-24T00:00', '2026-11-23T23:59'],
    { daily: 2 },
    ['2026-11-25T00:00: daily 2026-11-25', '2026-11-24T23:59: daily 2026-11-24'],
  ],
  [
    'a day is one of the zone, east of Greenwich',
    ['2026-11-25T03:00', '2026-11-24T23:30', '2026-11-24T22:30', '2026-11-23T12:00'],
    { daily: 2 },
    ['2026-11-25T03:00: daily 2026-11-25', '2026-11-24T22:30: daily 2026-11-24'],
    'Europe/Berlin',
  ],
  [
    'a day is one of the zone, west of Greenwich',
    ['2026-11-25T03:00', '2026-11-24T23:30', '2026-11-24T04:30', '2026-11-23T12:00'],
    { daily: 2 },
    ['2026-11-25T03:00: daily 2026-11-24', '2026-11-24T04:30: daily 2026-11-23'],
    'America/New_York',
  ],
  [
    'an hour that the clock shows twice is two hours',
    ['2026-10-25T02:10', '2026-10-25T01:10', '2026-10-25T00:10', '2026-10-24T23:10'],
    { hourly: 3 },
    [
      '2026-10-25T02:10: hourly 2026-10-25T03+01:00',
      '2026-10-25T01:10: hourly 2026-10-25T02+01:00',
      '2026-10-25T00:10: hourly 2026-10-25T02+02:00',
    ],
    'Europe/Berlin',
  ],
  [
    'the day on which the clock is put back has 25 hours',
    ['2026-10-25T22:59', '2026-10-24T22:01', '2026-10-24T21:59', '2026-10-23T12:00'],
    { daily: 2 },
    ['2026-10-25T22:59: daily 2026-10-25', '2026-10-24T21:59: daily 2026-10-24'],
    'Europe/Berlin',
  ],
  [
    'weekly 2 keeps the newest of two weeks, Monday to Sunday',
    nightly,
    { weekly: 2 },
    ['2026-11-25T03:00: weekly 2026-W48', '2026-11-22T03:00: weekly 2026-W47'],
  ],
  [
    'Sunday night and Monday morning are two weeks',
    ['2026-11-23T00:00', '2026-11-22T23:59', '2026-11-16T00:00', '2026-11-15T12:00'],
    { weekly: 2 },
    ['2026-11-23T00:00: weekly 2026-W48', '2026-11-22T23:59: weekly 2026-W47'],
  ],
  [
    'the week of New Year is one, whatever the year',
    ['2027-01-03T12:00', '2027-01-01T12:00', '2026-12-31T12:00', '2026-12-28T12:00', '2026-12-27T12:00'],
    { weekly: 2 },
    ['2027-01-03T12:00: weekly 2026-W53', '2026-12-27T12:00: weekly 2026-W52'],
  ],
  [
    'the last days of a year may be in the first week of the next',
    ['2025-01-05T12:00', '2024-12-30T12:00', '2024-12-29T12:00'],
    { weekly: 2 },
    ['2025-01-05T12:00: weekly 2025-W01', '2024-12-29T12:00: weekly 2024-W52'],
  ],
  [
    'a week is one of the zone',
    ['2026-11-25T03:00', '2026-11-22T23:30', '2026-11-22T22:30'],
    { weekly: 1 },
    ['2026-11-25T03:00: weekly 2026-W48'],
    'Europe/Berlin',
  ],
  [
    'monthly 2 keeps the newest of two months',
    nightly,
    { monthly: 2 },
    ['2026-11-25T03:00: monthly 2026-11', '2026-10-31T03:00: monthly 2026-10'],
  ],
  [
    'monthly 3 with two months of images keeps the oldest too',
    nightly,
    { monthly: 3 },
    [
      '2026-11-25T03:00: monthly 2026-11',
      '2026-10-31T03:00: monthly 2026-10',
      '2026-10-17T03:00: monthly 2026-10, the oldest',
    ],
  ],
  [
    'a month is one of the zone',
    ['2026-11-25T03:00', '2026-10-31T23:30', '2026-10-31T22:30'],
    { monthly: 2 },
    ['2026-11-25T03:00: monthly 2026-11', '2026-10-31T22:30: monthly 2026-10'],
    'Europe/Berlin',
  ],
  [
    'yearly 2 keeps the newest of two years',
    ['2026-11-25T03:00', '2026-01-01T00:00', '2025-12-31T23:59', '2025-01-01T00:00', '2024-06-01T00:00'],
    { yearly: 2 },
    ['2026-11-25T03:00: yearly 2026', '2025-12-31T23:59: yearly 2025'],
  ],
  [
    'yearly 5 keeps the oldest while it has places left',
    ['2026-11-25T03:00', '2026-01-01T00:00', '2025-12-31T23:59', '2025-01-01T00:00'],
    { yearly: 5 },
    ['2026-11-25T03:00: yearly 2026', '2025-12-31T23:59: yearly 2025', '2025-01-01T00:00: yearly 2025, the oldest'],
  ],
  [
    'a year is one of the zone',
    ['2026-11-25T03:00', '2025-12-31T23:30', '2025-12-31T22:30'],
    { yearly: 2 },
    ['2026-11-25T03:00: yearly 2026', '2025-12-31T22:30: yearly 2025'],
    'Europe/Berlin',
  ],
  [
    'one image is wanted by each rule once',
    one,
    { last: 1, hourly: 1, daily: 1, weekly: 1, monthly: 1, yearly: 1, within: day },
    [
      '2026-11-25T03:00: last 1 of 1; hourly 2026-11-25T03+00:00; daily 2026-11-25; weekly 2026-W48; monthly 2026-11; yearly 2026; within 1d',
    ],
  ],
  ['one image with places left is not told twice', one, { daily: 7 }, ['2026-11-25T03:00: daily 2026-11-25']],
  [
    'within keeps what is younger than that',
    nightly,
    { within: 3 * day },
    ['2026-11-25T03:00: within 3d', '2026-11-24T03:00: within 3d', '2026-11-23T03:00: within 3d'],
  ],
  [
    'within keeps what is younger by a minute, and not what is as old',
    ['2026-11-25T03:00', '2026-11-24T15:01', '2026-11-24T15:00'],
    { within: 12 * hour },
    ['2026-11-25T03:00: within 12h', '2026-11-24T15:01: within 12h'],
  ],
  [
    'within counts from the newest image, however old that is',
    ['2020-02-02T03:00', '2020-02-01T04:00', '2020-01-01T03:00'],
    { within: day },
    ['2020-02-02T03:00: within 1d', '2020-02-01T04:00: within 1d'],
  ],
  ['within less than the gap keeps the newest', nightly, { within: 1 }, ['2026-11-25T03:00: within 1ms']],
  [
    'each rule is on its own: last takes nothing from daily',
    nightly,
    { last: 2, daily: 3 },
    [
      '2026-11-25T03:00: last 1 of 2; daily 2026-11-25',
      '2026-11-24T03:00: last 2 of 2; daily 2026-11-24',
      '2026-11-23T03:00: daily 2026-11-23',
    ],
  ],
  [
    'daily and weekly together',
    nightly,
    { daily: 2, weekly: 3 },
    [
      '2026-11-25T03:00: daily 2026-11-25; weekly 2026-W48',
      '2026-11-24T03:00: daily 2026-11-24',
      '2026-11-22T03:00: weekly 2026-W47',
      '2026-11-15T03:00: weekly 2026-W46',
    ],
  ],
  [
    'weekly and monthly together',
    weekly.slice(0, 10),
    { weekly: 2, monthly: 2 },
    [
      '2026-11-25T03:00: weekly 2026-W48; monthly 2026-11',
      '2026-11-18T03:00: weekly 2026-W47',
      '2026-10-28T03:00: monthly 2026-10',
    ],
  ],
  [
    'the oldest is kept by the rule that has places left, not by the one that is full',
    nightly.slice(0, 5),
    { daily: 2, weekly: 4 },
    [
      '2026-11-25T03:00: daily 2026-11-25; weekly 2026-W48',
      '2026-11-24T03:00: daily 2026-11-24',
      '2026-11-22T03:00: weekly 2026-W47',
      '2026-11-21T03:00: weekly 2026-W47, the oldest',
    ],
  ],
  [
    'grandfather, father and son',
    every(24, '2026-11-25T03:00', 100),
    { daily: 3, weekly: 2, monthly: 3 },
    [
      '2026-11-25T03:00: daily 2026-11-25; weekly 2026-W48; monthly 2026-11',
      '2026-11-24T03:00: daily 2026-11-24',
      '2026-11-23T03:00: daily 2026-11-23',
      '2026-11-22T03:00: weekly 2026-W47',
      '2026-10-31T03:00: monthly 2026-10',
      '2026-09-30T03:00: monthly 2026-09',
    ],
  ],
  ['a rule of 0 is none', nightly, { last: 0, daily: 1, weekly: 0, within: 0 }, ['2026-11-25T03:00: daily 2026-11-25']],
  [
    'of two made at once the one with the higher id is the newer',
    ['2026-11-25T03:00', '2026-11-25T03:00'],
    { last: 1 },
    ['2026-11-25T03:00: last 1 of 1'],
  ],
  [
    'two in a day are one daily when the rule has its count',
    ['2026-11-25T15:00', '2026-11-25T03:00', '2026-11-24T15:00', '2026-11-24T03:00', '2026-11-23T15:00'],
    { daily: 2 },
    ['2026-11-25T15:00: daily 2026-11-25', '2026-11-24T15:00: daily 2026-11-24'],
  ],
  [
    'February is a month like the others',
    ['2028-03-01T00:00', '2028-02-29T23:59', '2028-02-01T00:00', '2028-01-31T23:59', '2028-01-01T00:00'],
    { monthly: 3 },
    ['2028-03-01T00:00: monthly 2028-03', '2028-02-29T23:59: monthly 2028-02', '2028-01-31T23:59: monthly 2028-01'],
  ],
  [
    'a day that a zone never had takes no place',
    ['2011-12-31T12:00', '2011-12-30T10:30', '2011-12-30T09:30', '2011-12-29T09:30'],
    { daily: 3 },
    ['2011-12-31T12:00: daily 2012-01-01', '2011-12-30T10:30: daily 2011-12-31', '2011-12-30T09:30: daily 2011-12-29'],
    'Pacific/Apia',
  ],
  [
    'an hour of a zone between two hours begins there',
    ['2026-11-25T03:20', '2026-11-25T03:10', '2026-11-25T02:20', '2026-11-25T02:10'],
    { hourly: 2 },
    ['2026-11-25T03:20: hourly 2026-11-25T09+05:45', '2026-11-25T03:10: hourly 2026-11-25T08+05:45'],
    'Asia/Kathmandu',
  ],
];

describe('what the rules keep', () => {
  for (const [what, times, keep, expected, zone] of cases) {
    it(what, () => expect(kept(times, keep, zone)).toEqual(expected));
  }

  it('has cases enough', () => expect(cases.length).toBeGreaterThanOrEqual(40));

  it.each([{}, { last: 0 }, { last: 0, daily: 0, within: 0 }])('%j is refused: it would keep nothing', keep => {
    expect(() => retain([{ id: 1, created: 0 }], keep, 'UTC')).toThrow(
      expect.objectContaining({ code: 'usage', message: 'retention keeps nothing' }),
    );
  });
});

const counts = fc.option(fc.integer({ min: 0, max: 8 }), { nil: undefined });
const rules = { last: counts, hourly: counts, daily: counts, weekly: counts, monthly: counts, yearly: counts };
const keeps: fc.Arbitrary<Keep> = fc
  .record({ ...rules, within: fc.option(fc.integer({ min: 0, max: 60 * day }), { nil: undefined }) })
  .filter(keep => Object.values(keep).some(count => (count ?? 0) > 0));
const start = Date.parse('2026-01-01');
const created = fc.oneof(
  fc.integer({ min: 0, max: 400 * day }),
  fc.integer({ min: 0, max: 3 * day }),
  fc.integer({ min: 0, max: 100 }).map(days => days * day),
);
const lists: fc.Arbitrary<Retained[]> = fc
  .array(created, { maxLength: 40 })
  .map(times => times.map((time, index) => ({ id: index + 1, created: start + time })));
const zones = fc.constantFrom('UTC', 'Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe');
const many = { numRuns: 10_000 };

describe('the rules, whatever they are and whatever there is', () => {
  it('keep the newest image', () => {
    fc.assert(
      fc.property(lists, keeps, zones, (images, keep, zone) => {
        const newest = [...images].sort((a, b) => b.created - a.created || b.id - a.id)[0];
        return newest === undefined || retain(images, keep, zone).has(newest.id);
      }),
      many,
    );
  });

  it('keep the same in whichever order the images come', () => {
    const shuffled = lists.chain(images =>
      fc.tuple(fc.constant(images), fc.shuffledSubarray(images, { minLength: images.length })),
    );
    fc.assert(
      fc.property(shuffled, keeps, zones, ([images, other], keep, zone) => {
        expect(retain(other, keep, zone)).toEqual(retain(images, keep, zone));
      }),
      many,
    );
  });

  it('keep what less would keep, when they ask for more', () => {
    const rule = fc.constantFrom<keyof Keep>('last', 'hourly', 'daily', 'weekly', 'monthly', 'yearly', 'within');
    fc.assert(
      fc.property(lists, keeps, zones, rule, fc.integer({ min: 1, max: 10 }), (images, keep, zone, name, more) => {
        const added = name === 'within' ? more * day : more;
        const wider = retain(images, { ...keep, [name]: (keep[name] ?? 0) + added }, zone);
        for (const id of retain(images, keep, zone).keys()) expect(wider.has(id)).toBe(true);
      }),
      many,
    );
  });

  it('keep the same when what they do not keep is gone', () => {
    fc.assert(
      fc.property(lists, keeps, zones, fc.infiniteStream(fc.boolean()), (images, keep, zone, goes) => {
        const before = retain(images, keep, zone);
        const left = images.filter(({ id }) => before.has(id) || !goes.next().value);
        expect(retain(left, keep, zone)).toEqual(before);
      }),
      many,
    );
  });

  it('keep no more than they ask for, and all they ask for when there is as much', () => {
    fc.assert(
      fc.property(lists, keeps, zones, (images, { within: _, ...keep }, zone) => {
        fc.pre(Object.values(keep).some(count => (count ?? 0) > 0));
        const all = [...retain(images, keep, zone).values()].flat();
        const sum = Object.values(keep).reduce<number>((total, count) => total + (count ?? 0), 0);
        expect(all.length).toBeLessThanOrEqual(sum);
        expect(all.filter(reason => reason.startsWith('last')).length).toBe(Math.min(images.length, keep.last ?? 0));
      }),
      many,
    );
  });

  it('keep of daily rules one image of each of the newest days, reckoned another way', () => {
    fc.assert(
      fc.property(lists, fc.integer({ min: 1, max: 30 }), (images, daily) => {
        const newest = new Map<number, Retained>();
        for (const image of images) {
          const date = Math.floor(image.created / day);
          const other = newest.get(date);
          const isNewer =
            !other || image.created > other.created || (image.created === other.created && image.id > other.id);
          if (isNewer) newest.set(date, image);
        }
        const wanted = [...newest]
          .sort(([a], [b]) => b - a)
          .slice(0, daily)
          .map(([, { id }]) => id);
        const oldest = [...images].sort((a, b) => a.created - b.created || a.id - b.id)[0];
        if (newest.size < daily && oldest && !wanted.includes(oldest.id)) wanted.push(oldest.id);
        expect([...retain(images, { daily }, 'UTC').keys()].sort()).toEqual(wanted.sort());
      }),
      many,
    );
  });
});
