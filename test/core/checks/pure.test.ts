import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseCron } from '../../../src/core/backup/cron.ts';
import { nextDue } from '../../../src/core/checks/due.ts';
import { isWithin, merge, nextWindow, type Span, type Times, windowsIn } from '../../../src/core/checks/maintenance.ts';
import { unwatched } from '../../../src/core/checks/observe.ts';
import { isSuspicious } from '../../../src/core/checks/outage.ts';
import { aloud, endAll, type Told, tell, untold } from '../../../src/core/checks/tell.ts';
import { monthSpan, uptimeOf } from '../../../src/core/checks/uptime.ts';

const minute = 60_000;
const hour = 60 * minute;
const time = (text: string) => Date.parse(text);

describe('the next due time', () => {
  it('comes at multiples of the interval, however late the last run was', () => {
    const args = [fc.integer({ min: 1, max: 1e6 }), fc.integer({ min: 10_000, max: 86_400_000 })] as const;
    fc.assert(
      fc.property(...args, fc.integer({ min: 0, max: 2e12 }), (id, interval, now) => {
        const due = nextDue(id, interval, now);
        expect(due).toBeGreaterThan(now);
        expect(due - now).toBeLessThanOrEqual(interval);
        expect(nextDue(id, interval, due)).toBe(due + interval);
        expect(nextDue(id, interval, due - 1)).toBe(due);
      }),
    );
  });

  it('spreads a thousand checks evenly over the minute', () => {
    const seconds = Array.from({ length: 60 }, () => 0);
    for (let id = 1; id <= 1000; id += 1) seconds[Math.floor((nextDue(id, minute, 0) % minute) / 1000)]! += 1;
    expect(Math.max(...seconds)).toBeLessThan(40);
    expect(Math.min(...seconds)).toBeGreaterThan(2);
  });
});

describe('what is told', () => {
  const watched = (state: 'up' | 'down' | 'unknown', flapping = false) => ({
    ...unwatched(0),
    state,
    flapping,
    blind: { count: state === 'unknown' ? 3 : 0, since: 0 },
  });

  it('is that it is down, once, and that it is up, once', () => {
    const first = tell(untold, watched('down'), aloud);
    expect(first.tidings).toEqual([{ topic: 'down', firing: true }]);
    expect(tell(first.told, watched('down'), aloud).tidings).toEqual([]);
    expect(tell(first.told, watched('up'), aloud)).toEqual({
      told: untold,
      tidings: [{ topic: 'down', firing: false }],
    });
  });

  it.each(['parent', 'maintenance', 'outage'] as const)('waits while there is a reason: %s', reason => {
    const quiet = { ...aloud, [reason]: true };
    const muted = tell(untold, watched('down'), quiet);
    expect(muted.tidings).toEqual([]);
    expect(tell(muted.told, watched('down'), aloud).tidings).toEqual([{ topic: 'down', firing: true }]);
  });

  it('ends whatever the reasons are, since who was told waits for it', () => {
    const quiet = { parent: true, maintenance: true, outage: true };
    const told: Told = { down: true, unknown: false, flapping: true };
    expect(tell(told, watched('up'), quiet).tidings).toEqual([
      { topic: 'down', firing: false },
      { topic: 'flapping', firing: false },
    ]);
  });

  it('does not take what is unknown for up', () => {
    const { told, tidings } = tell({ ...untold, down: true }, watched('unknown'), aloud);
    expect(tidings).toEqual([{ topic: 'unknown', firing: true }]);
    expect(told.down).toBe(true);
    expect(endAll(told).map(({ topic }) => topic)).toEqual(['down', 'unknown']);
  });
});

describe('the network of the daemon', () => {
  const seen = (outcomes: string, at = 0) =>
    [...outcomes].map(one => ({
      at,
      outcome: one === 'd' ? ('down' as const) : one === 'u' ? ('up' as const) : ('unknown' as const),
    }));

  it.each([
    ['d', false],
    ['dd', true],
    ['ddu', true],
    ['dduu', false],
    ['uuuu', false],
    ['dd????', true],
  ])('is suspected or not when the checks found %s: %s', (outcomes, expected) => {
    expect(isSuspicious(seen(outcomes), 1000)).toBe(expected);
  });

  it('is not suspected for what was found long ago', () => {
    expect(isSuspicious(seen('dddd'), 10 * minute)).toBe(false);
  });
});

describe('windows of maintenance', () => {
  const nights: Times = { kind: 'recurring', cron: parseCron('0 3 * * *', 'Europe/Berlin'), duration: 2 * hour };
  const since = 0;

  it('are those of the zone, over a change of its clock', () => {
    const span = { from: time('2026-10-24T00:00Z'), to: time('2026-10-26T12:00Z') };
    expect(windowsIn(nights, span, since).map(({ from }) => new Date(from).toISOString())).toEqual([
      '2026-10-24T01:00:00.000Z',
      '2026-10-25T02:00:00.000Z',
      '2026-10-26T02:00:00.000Z',
    ]);
  });

  it('are cut by when the maintenance was made and ended', () => {
    const span = { from: time('2026-11-01T00:00Z'), to: time('2026-11-05T00:00Z') };
    const found = windowsIn(nights, span, time('2026-11-02T03:00Z'), time('2026-11-03T02:30Z'));
    expect(found.map(({ from, to }) => [new Date(from).toISOString(), (to - from) / minute])).toEqual([
      ['2026-11-02T03:00:00.000Z', 60],
      ['2026-11-03T02:00:00.000Z', 30],
    ]);
  });

  it('show ahead: the one that is open, or the next', () => {
    expect(nextWindow(nights, time('2026-11-02T12:00Z'))?.from).toBe(time('2026-11-03T02:00Z'));
    expect(nextWindow(nights, time('2026-11-03T03:00Z'))?.from).toBe(time('2026-11-03T02:00Z'));
    expect(nextWindow({ kind: 'once', start: 1, end: 2 }, 2)).toBeUndefined();
  });

  it('are open exactly when a window says so', () => {
    const from = time('2026-03-27T00:00Z');
    const span = { from, to: from + 4 * 24 * hour };
    const windows = windowsIn(nights, span, since);
    fc.assert(
      fc.property(fc.integer({ min: span.from, max: span.to - 1 }), at => {
        expect(isWithin(nights, at, since)).toBe(windows.some(one => one.from <= at && at < one.to));
      }),
    );
  });
});

describe('uptime', () => {
  const month = monthSpan('2026-11', 0)!;
  const now = month.to;
  const day = (number: number, hours = 0) => month.from + (number - 1) * 24 * hour + hours * hour;

  it('is that of the times between changes, maintenance left out and what cannot be told apart', () => {
    const intervals = [
      { state: 'up', from: day(1), to: day(11) },
      { state: 'down', from: day(11), to: day(11, 10) },
      { state: 'unknown', from: day(11, 10), to: day(12) },
      { state: 'up', from: day(12), to: null },
    ];
    const windows = [{ from: day(11), to: day(11, 4) }];
    expect(uptimeOf(intervals, windows, month, now)).toEqual({
      ...{ up: 29 * 24 * hour, down: 6 * hour, unknown: 14 * hour, maintenance: 4 * hour, unwatched: 0 },
      ...{ outages: 1, share: (29 * 24) / (29 * 24 + 6) },
    });
  });

  it('has no figure where nothing was up or down', () => {
    expect(uptimeOf([], [], month, now)).toMatchObject({ share: null, unwatched: month.to - month.from });
  });

  it('counts what is still to come as unwatched', () => {
    expect(uptimeOf([{ state: 'up', from: day(1), to: null }], [], month, day(2))).toMatchObject({
      ...{ up: 24 * hour, share: 1, unwatched: 29 * 24 * hour },
    });
  });

  it('makes up the whole month, whatever the intervals and windows are', () => {
    const cuts = fc.uniqueArray(fc.integer({ min: month.from - hour, max: month.to + hour }), { maxLength: 20 });
    const span = fc.tuple(fc.integer({ min: month.from, max: month.to }), fc.integer({ min: 1, max: 48 * hour }));
    fc.assert(
      fc.property(
        cuts,
        fc.array(span, { maxLength: 8 }),
        fc.integer({ min: month.from, max: month.to }),
        (at, spans, till) => {
          const times = at.sort((a, b) => a - b);
          const states = ['up', 'down', 'unknown'];
          const intervals = times.map((from, index) => ({
            state: states[index % 3]!,
            from,
            to: times[index + 1] ?? null,
          }));
          const windows: Span[] = spans.map(([from, length]) => ({ from, to: from + length }));
          const found = uptimeOf(intervals, windows, month, till);
          const parts = [found.up, found.down, found.unknown, found.maintenance, found.unwatched];
          expect(parts.every(part => part >= 0)).toBe(true);
          expect(parts.reduce((sum, part) => sum + part)).toBe(month.to - month.from);
          // The order of the windows, and windows twice, change nothing.
          expect(uptimeOf(intervals, [...windows, ...windows].reverse(), month, till)).toEqual(found);
          expect(uptimeOf(intervals, merge(windows), month, till)).toEqual(found);
        },
      ),
    );
  });

  it.each(['2026-13', '2026-1', 'november', '', '2026-00'])('knows no month %s', text => {
    expect(monthSpan(text, 0)).toBeUndefined();
  });
});
