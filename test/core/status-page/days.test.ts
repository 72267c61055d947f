import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Interval, uptimeOf } from '../../../src/core/checks/uptime.ts';
import { daysOf, daysShown, spanOf } from '../../../src/core/status-page/days.ts';

const [hour, day] = [3_600_000, 86_400_000];
const now = Date.parse('2026-11-25T15:41:00Z');
const today = Date.parse('2026-11-25T00:00:00Z');

/** States one after the other, up to now, each beginning where the one before ended. */
const history = fc
  .array(fc.tuple(fc.integer({ min: 1, max: 20 * day }), fc.constantFrom('up', 'down', 'unknown')), { maxLength: 40 })
  .map(parts => {
    const intervals: Interval[] = [];
    let to = now;
    for (const [length, state] of parts) {
      intervals.unshift({ state, from: to - length, to: intervals.length === 0 ? null : to });
      to -= length;
    }
    return intervals;
  });
const windows = fc
  .array(fc.tuple(fc.integer({ min: now - 100 * day, max: now + day }), fc.integer({ min: 1, max: 2 * day })))
  .map(list => list.map(([from, length]) => ({ from, to: from + length })));

describe('the days of a status page', () => {
  it('are the last ninety of UTC, today with them', () => {
    const days = daysOf([], [], now).days;
    expect(days).toHaveLength(daysShown);
    expect(days.at(-1)).toEqual({ date: '2026-11-25', state: 'none', down: 0 });
    expect(days[0]!.date).toBe('2026-08-28');
  });

  it('were down for as long together as the whole span was, whatever happened', () => {
    fc.assert(
      fc.property(history, windows, (intervals, quiet) => {
        const { down, share } = uptimeOf(intervals, quiet, spanOf(now), now);
        const reckoned = daysOf(intervals, quiet, now);
        expect(reckoned.share).toBe(share);
        const sum = reckoned.days.reduce((total, one) => total + one.down, 0);
        // Each day is rounded up to a second.
        expect(sum * 1000).toBeGreaterThanOrEqual(down);
        expect(sum * 1000 - down).toBeLessThan(daysShown * 1000);
      }),
    );
  });

  it('are told apart: up, down for a while or for long, worked on, not known, not watched', () => {
    const at = (back: number) => today - back * day;
    const intervals = [
      { state: 'up', from: at(5), to: at(4) + 20 * hour },
      { state: 'down', from: at(4) + 20 * hour, to: at(4) + 21 * hour },
      { state: 'up', from: at(4) + 21 * hour, to: at(3) },
      { state: 'down', from: at(3), to: at(3) + 3 * hour },
      { state: 'up', from: at(3) + 3 * hour, to: at(2) },
      { state: 'down', from: at(2), to: at(1) },
      { state: 'unknown', from: at(1), to: null },
    ];
    const days = daysOf(intervals, [{ from: at(2), to: at(1) }], now).days.slice(-7);
    expect(days.map(({ state }) => state)).toEqual([
      ...['none', 'up', 'partial', 'down', 'maintenance', 'unknown', 'unknown'],
    ]);
    expect(days.map(({ down }) => down)).toEqual([0, 0, 3600, 10_800, 0, 0, 0]);
  });
});
