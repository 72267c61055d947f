import { describe, expect, it } from 'vitest';
import type { Condition } from '../../../src/core/alerts/condition.ts';
import { readRehearsal, runRehearsal } from '../../../src/core/alerts/rehearsal-file.ts';
import { rehearse } from '../../../src/core/alerts/rehearse.ts';
import { type RouteSpec, readRule, usualSpec } from '../../../src/core/alerts/rule.ts';

const [second, minute, hour] = [1000, 60_000, 3_600_000];
const rule = (spec: Partial<RouteSpec>) =>
  readRule({ id: 1, name: 'r', spec: { ...usualSpec, channels: ['ops'], ...spec } });
const state = (key: string, at: number, firing = true): Condition => ({
  ...{ key, at, firing, severity: 'critical', labels: { check: key }, summary: `${key} is bad` },
});

describe('a rehearsal', () => {
  it('hears in virtual time what the daemon would tell', () => {
    const all = [
      state('a', 0),
      state('b', 10 * second),
      state('a', 40 * minute, false),
      state('b', 50 * minute, false),
    ];
    const rules = [rule({ escalateAfter: 15 * minute, escalateTo: ['boss'] })];
    const heard = rehearse(rules, all, 24 * hour).map(({ at, channels, message }) => [
      at / second,
      channels,
      message.title,
    ]);
    expect(heard).toEqual([
      [30, ['ops'], '2 firing: a is bad, ...'],
      [930, ['boss'], 'Not acknowledged for 15 min: 2 firing: a is bad, ...'],
      [2430, ['ops', 'boss'], '1 firing, 1 resolved: b is bad, ...'],
      [3030, ['ops', 'boss'], 'RESOLVED: b is bad'],
    ]);
  });

  it('tells again every four hours and nothing of what nothing is known', () => {
    const heard = rehearse([rule({})], [state('a', 0)], 9 * hour);
    expect(heard.map(({ at }) => at / minute)).toEqual([0.5, 240.5, 480.5]);
    expect(rehearse([], [state('a', 0, false)], hour)).toEqual([]);
    expect(rehearse([], [state('a', 0)], hour)[0]).toMatchObject({ channels: ['inbox'] });
  });
});

describe('a file of a rehearsal', () => {
  const document = {
    until: '1h',
    routes: [{ name: 'all', channel: ['ops'], group_wait: '10s' }],
    conditions: [{ at: '5s', key: 'a', labels: { team: 'x' }, summary: 'a is bad' }],
    expect: [{ at: '15s', channels: ['ops'], title: 'FIRING: a is bad' }],
  };

  it('holds when what it expects is heard and nothing else', () => {
    expect(runRehearsal(readRehearsal(document)).faults).toEqual([]);
    const other = { ...document, expect: [{ at: '16s' }] };
    expect(runRehearsal(readRehearsal(other)).faults).toEqual([
      'not heard at 16s: a message',
      'not expected at 15s: FIRING: a is bad',
    ]);
  });

  it('is refused with the entry that is wrong', () => {
    for (const [change, message] of [
      [{ routes: [{ chanel: 'x' }] }, 'routes 1: unknown key: chanel'],
      [{ routes: [{}, { group_wait: 'soon' }] }, /^routes 1|^routes 2: /],
      [{ conditions: [{}] }, 'conditions 1: key'],
      [{ conditions: {} }, 'conditions is a list'],
      [{ wants: 1 }, 'unknown key: wants'],
      [{ routes: [null] }, 'routes 1: it is not a table'],
      [{ conditions: [{ key: 'a', labels: null }] }, 'conditions 1: labels: it is not a table'],
      [{ expect: [{}] }, 'expect 1: '],
      [{ until: '32d' }, 'until: is longer than 31d'],
    ] as const)
      expect(() => readRehearsal({ ...document, ...change })).toThrow(message);
  });
});
