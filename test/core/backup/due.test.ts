import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { next, parseCron, previous } from '../../../src/core/backup/cron.ts';
import { type DueState, due, jitterOf, mostPassed } from '../../../src/core/backup/due.ts';

const at = (text: string) => Date.parse(text);
const hour = 3_600_000;
const cron = parseCron('0 3 * * *', 'Europe/Berlin');
const state: DueState = { cron, window: 4 * hour, nextDue: at('2026-11-25T02:00Z') };

describe('a schedule that is looked at', () => {
  it('does nothing before its due time', () => {
    expect(due(state, at('2026-11-25T01:59:59.999Z'))).toEqual({
      ...{ run: null, missed: null, passed: 0, nextDue: state.nextDue, early: false },
    });
  });

  it('runs at its due time and is due next a day later', () => {
    expect(due(state, at('2026-11-25T02:00Z'))).toEqual({
      ...{ run: state.nextDue, missed: null, passed: 0, nextDue: at('2026-11-26T02:00Z'), early: false },
    });
  });

  it('runs late to the last moment of its window, and is missed after it', () => {
    expect(due(state, at('2026-11-25T06:00Z'))).toMatchObject({ run: state.nextDue, missed: null });
    expect(due(state, at('2026-11-25T06:00:00.001Z'))).toMatchObject({
      ...{ run: null, missed: state.nextDue, nextDue: at('2026-11-26T02:00Z') },
    });
  });

  it('runs once for several it missed, for the newest of them', () => {
    expect(due(state, at('2026-11-28T03:00Z'))).toEqual({
      ...{ run: at('2026-11-28T02:00Z'), missed: null, passed: 3, nextDue: at('2026-11-29T02:00Z'), early: false },
    });
  });

  it('does not run at noon for several it missed in the nights: the newest is missed', () => {
    expect(due(state, at('2026-11-28T12:00Z'))).toMatchObject({
      run: null,
      missed: at('2026-11-28T02:00Z'),
      passed: 3,
    });
  });

  it('runs at most once when the clock is a year on, and counts no further than it must', () => {
    const quarter = { ...state, cron: parseCron('*/15 * * * *', 'UTC') };
    const step = due(quarter, at('2027-11-25T02:07Z'));
    expect(step).toMatchObject({ run: at('2027-11-25T02:00Z'), missed: null, passed: mostPassed });
    expect(due({ ...quarter, nextDue: step.nextDue }, at('2027-11-25T02:07Z')).run).toBeNull();
  });

  it('does not run for the same due time when the clock was turned back', () => {
    const { nextDue } = due(state, at('2026-11-25T02:00Z'));
    for (const now of ['2026-11-25T01:00Z', '2026-11-25T02:00Z', '2025-11-25T02:00Z']) {
      expect(due({ ...state, nextDue }, at(now))).toMatchObject({ run: null, missed: null, nextDue });
    }
    expect(due({ ...state, nextDue }, at('2026-11-25T01:00Z')).early).toBe(true);
    expect(due({ ...state, nextDue }, at('2026-11-25T02:00Z')).early).toBe(false);
  });

  it('takes a stored time that its line no longer names as due, too', () => {
    const nextDue = at('2026-11-25T11:11Z');
    expect(due({ ...state, nextDue }, at('2026-11-25T11:12Z'))).toMatchObject({ run: nextDue, passed: 0 });
  });

  it('never runs twice for one time nor goes back, whatever the clock does', () => {
    const lines = ['0 3 * * *', '30 2 * * *', '*/15 * * * *', '0 0 * * 0', '0 9,10 * * *'];
    const jumps = fc.array(fc.integer({ min: -48 * hour, max: 96 * hour }), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(
        fc.constantFrom(...lines),
        fc.integer({ min: 60_000, max: 48 * hour }),
        jumps,
        (line, window, moves) => {
          const daily = parseCron(line, 'Europe/Berlin');
          let now = at('2026-10-20T00:00Z');
          let nextDue = next(daily, now);
          const seen = new Set<number>();
          for (const move of moves) {
            now += move;
            const step = due({ cron: daily, window, nextDue }, now);
            expect(step.nextDue).toBeGreaterThanOrEqual(nextDue);
            const dealt = step.run ?? step.missed;
            expect(dealt !== null).toBe(now >= nextDue);
            if (dealt !== null) {
              expect(seen.has(dealt)).toBe(false);
              seen.add(dealt);
              expect(dealt).toBe(previous(daily, now + 1));
              expect(step.nextDue).toBe(next(daily, now));
              expect(step.run !== null).toBe(now - dealt <= window);
            }
            nextDue = step.nextDue;
          }
        },
      ),
      { numRuns: 3000 },
    );
  });
});

describe('the jitter of a run', () => {
  it('is the same wherever it is asked', () => {
    expect(jitterOf(7, 42, state.nextDue, 600_000)).toBe(jitterOf(7, 42, state.nextDue, 600_000));
    expect(jitterOf('nightly', 42, state.nextDue, 0)).toBe(0);
  });

  it('is within its bound and spread evenly over it, for one server over the days and for one day over the servers', () => {
    for (const draw of [(n: number) => jitterOf(7, 42, n * 86_400_000, 1000), (n: number) => jitterOf(7, n, 0, 1000)]) {
      const drawn = Array.from({ length: 10_000 }, (_, n) => draw(n));
      expect(drawn.every(one => Number.isInteger(one) && one >= 0 && one < 1000)).toBe(true);
      const tenths = Array.from({ length: 10 }, (_, n) => drawn.filter(one => Math.floor(one / 100) === n).length);
      for (const count of tenths) expect(Math.abs(count - 1000)).toBeLessThan(150);
    }
  });
});
