import { describe, expect, it } from 'vitest';
import type { Watched } from '../../../src/core/status-page/page.ts';
import { pageOf } from './make.ts';

const [hour, day] = [3_600_000, 86_400_000];
const now = Date.parse('2026-11-25T15:00:00Z');

function watched(name: string, more: Partial<Watched> = {}): Watched {
  const since = now - 100 * day;
  return {
    ...{ name, group: null, state: 'up', since, paused: false, windows: [] },
    intervals: [{ state: 'up', from: since, to: null, reason: '' }],
    ...more,
  };
}

/** Down since an hour ago. */
const down = (name: string, more: Partial<Watched> = {}) =>
  watched(name, {
    ...{ state: 'down', since: now - hour },
    intervals: [
      { state: 'up', from: now - 100 * day, to: now - hour, reason: '' },
      { state: 'down', from: now - hour, to: null, reason: 'connect ECONNREFUSED 10.0.0.1:443' },
    ],
    ...more,
  });

const options = { title: 'Example', reasons: false };
const quiet = { windows: [{ from: now - 2 * hour, to: now + hour }] };

describe('the state of all of a status page', () => {
  it.each([
    ['up', [watched('a'), watched('b')]],
    ['partial', [watched('a'), down('b')]],
    ['down', [down('a'), down('b')]],
    ['down', [down('a'), watched('b', { paused: true, state: 'new' })]],
    ['maintenance', [watched('a'), down('b', quiet)]],
    ['partial', [down('a'), watched('b', quiet)]],
    ['unknown', [watched('a'), watched('b', { state: 'unknown' })]],
    ['unknown', [watched('a', { state: 'new' })]],
    ['up', [watched('a'), watched('b', { paused: true, state: 'new' })]],
  ])('is %s', (state, checks) => {
    expect(pageOf(checks, [], options, now).state).toBe(state);
  });
});

describe('a status page', () => {
  it('has the checks by their groups, those without one first, in the order of their names', () => {
    const checks = [
      watched('web-10', { group: 'Web' }),
      watched('web-9', { group: 'Web' }),
      watched('z', { group: 'Backoffice' }),
      watched('a'),
    ];
    const { groups } = pageOf(checks, [], options, now);
    expect(groups.map(({ name, checks: own }) => [name, own.map(one => one.name)])).toEqual([
      [null, ['a']],
      ['Backoffice', ['z']],
      ['Web', ['web-9', 'web-10']],
    ]);
  });

  it('tells no reason unless it is asked for, since that may hold addresses', () => {
    expect(JSON.stringify(pageOf([down('a')], [], options, now))).not.toContain('10.0.0.1');
    const { incidents } = pageOf([down('a')], [], { ...options, reasons: true }, now);
    expect(incidents).toEqual([
      { check: 'a', from: '2026-11-25T14:00:00Z', to: null, reason: 'connect ECONNREFUSED 10.0.0.1:443' },
    ]);
  });

  it('has outages that go on first, then those that ended in the last 14 days', () => {
    const past = (ended: number) => ({ state: 'down', from: ended - hour, to: ended, reason: '' });
    const checks = [
      watched('a', { intervals: [past(now - 15 * day), past(now - 13 * day), past(now - day)] }),
      down('b'),
    ];
    const { incidents } = pageOf(checks, [], options, now);
    expect(incidents.map(({ check, to }) => [check, to])).toEqual([
      ['b', null],
      ['a', '2026-11-24T15:00:00Z'],
      ['a', '2026-11-12T15:00:00Z'],
    ]);
  });

  it('has no outage that lay in a maintenance, but one that went beyond it', () => {
    const { incidents, groups } = pageOf([down('a', quiet)], [], options, now);
    expect(incidents).toEqual([]);
    expect(groups[0]!.checks[0]).toMatchObject({ state: 'maintenance', uptime: 100 });
    const longer = down('a', { windows: [{ from: now - hour, to: now - hour / 2 }] });
    expect(pageOf([longer], [], options, now).incidents).toHaveLength(1);
  });

  it('announces maintenance of the next 14 days, the next first, where it is about a check that is shown', () => {
    const window = (from: number) => ({ from: now + from, to: now + from + hour });
    const planned = [
      { name: 'later', window: window(3 * day), checks: ['b', 'a'] },
      { name: 'now', window: window(-hour / 2), checks: ['a'] },
      { name: 'in a month', window: window(30 * day), checks: ['a'] },
      { name: 'of others', window: window(day), checks: [] },
    ];
    expect(pageOf([watched('a')], planned, options, now).maintenances).toEqual([
      { name: 'now', from: '2026-11-25T14:30:00Z', to: '2026-11-25T15:30:00Z', active: true, checks: ['a'] },
      { name: 'later', from: '2026-11-28T15:00:00Z', to: '2026-11-28T16:00:00Z', active: false, checks: ['a', 'b'] },
    ]);
  });

  it('says 100 percent only of what was never down', () => {
    const second = [
      { state: 'up', from: now - 100 * day, to: now - day, reason: '' },
      { state: 'down', from: now - day, to: now - day + 1000, reason: '' },
      { state: 'up', from: now - day + 1000, to: null, reason: '' },
    ];
    const { groups } = pageOf([watched('a', { intervals: second }), watched('b')], [], options, now);
    expect(groups[0]!.checks.map(({ uptime }) => uptime)).toEqual([99.999, 100]);
  });
});
