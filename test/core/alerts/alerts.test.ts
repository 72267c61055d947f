import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Alert, observe } from '../../../src/core/alerts/alert.ts';
import type { Condition } from '../../../src/core/alerts/condition.ts';
import { flush, type Member } from '../../../src/core/alerts/flush.ts';
import { readMatcher, readMatchers } from '../../../src/core/alerts/matcher.ts';
import { readMute } from '../../../src/core/alerts/mute.ts';
import { groupsOf, isInhibited, route } from '../../../src/core/alerts/route.ts';
import { defaultRule, type RouteSpec, readRule, usualSpec } from '../../../src/core/alerts/rule.ts';
import { writeMessage } from '../../../src/core/alerts/write.ts';
import { Failure } from '../../../src/core/failure.ts';

const [minute, hour] = [60_000, 3_600_000];
const rule = (id: number, spec: Partial<RouteSpec>) =>
  readRule({ id, name: `r${id}`, spec: { ...usualSpec, ...spec } });

describe('a condition on labels', () => {
  it.each([
    ['team=a', { team: 'a' }, true],
    ['team=a', { team: 'ab' }, false],
    ['team!=a', {}, true],
    ['team=', {}, true],
    ['server~web-.*', { server: 'web-1' }, true],
    ['server=~web', { server: 'web-1' }, false],
    ['server!~web-.*', { server: 'web-1' }, false],
    ['team="a b"', { team: 'a b' }, true],
  ])('%s of %j is %s', (text, labels, wanted) => {
    expect(readMatcher(text)(labels as Record<string, string>)).toBe(wanted);
  });

  it('is refused where it says nothing', () => {
    for (const text of ['', 'team', '=a', 'a~(', `a=${'x'.repeat(600)}`])
      expect(() => readMatcher(text), text).toThrow(Failure);
    expect(readMatchers([])({})).toBe(true);
  });
});

describe('a route', () => {
  const labels = fc.dictionary(fc.constantFrom('team', 'server'), fc.constantFrom('a', 'b', 'c'));
  const rules = fc
    .array(fc.record({ match: fc.constantFrom([], ['team=a'], ['team!=a'], ['server~a|b']), continue: fc.boolean() }))
    .map(specs => specs.map((spec, at) => rule(at + 1, { ...spec, groupBy: ['server'] })));

  it('is always found, in order, up to the first that does not say continue', () => {
    fc.assert(
      fc.property(labels, rules, (given, all) => {
        const taken = route(given, all);
        const matching = all.filter(one => one.matches(given));
        if (matching.length === 0) matching.push(defaultRule);
        const end = matching.findIndex(one => !one.spec.continue);
        expect(taken).toEqual(end < 0 ? matching : matching.slice(0, end + 1));
      }),
    );
  });

  it('puts alerts together exactly when its group labels are the same', () => {
    fc.assert(
      fc.property(labels, labels, (one, two) => {
        const all = [rule(1, { groupBy: ['server'] })];
        const [a, b] = [groupsOf(one, all)[0]!, groupsOf(two, all)[0]!];
        expect(a.id === b.id).toBe((one.server ?? '') === (two.server ?? ''));
      }),
    );
  });

  it('tells nothing of an alert that another one explains, and always of the cause', () => {
    const one = rule(1, { inhibitedBy: ['kind=host'], equal: ['server'] });
    const cause = { kind: 'host', server: 'a' };
    expect(isInhibited({ kind: 'http', server: 'a' }, one, [cause])).toBe(true);
    expect(isInhibited({ kind: 'http', server: 'b' }, one, [cause])).toBe(false);
    expect(isInhibited(cause, one, [cause])).toBe(false);
  });

  it('is refused where it makes no sense', () => {
    for (const spec of [
      { channels: [] },
      { groupInterval: 0 },
      { escalateAfter: 1 },
      { equal: ['a'] },
      { mute: ['x'] },
      { match: ['x'] },
    ])
      expect(() => rule(1, spec), JSON.stringify(spec)).toThrow(Failure);
  });
});

describe('a time of the week', () => {
  const at = (text: string) => Date.parse(text);
  it('begins and ends by the clock of its zone, over midnight and over the change of the clock', () => {
    const night = readMute(['22:00-06:00'], 'Europe/Berlin');
    expect([night(at('2026-11-25T20:59:00Z')), night(at('2026-11-25T21:00:00Z'))]).toEqual([false, true]);
    expect([night(at('2026-11-26T04:59:00Z')), night(at('2026-11-26T05:00:00Z'))]).toEqual([true, false]);
    expect(night(at('2026-07-25T20:00:00Z'))).toBe(true);
    const weekend = readMute(['sat,sun'], 'UTC');
    expect([weekend(at('2026-11-27T23:59:00Z')), weekend(at('2026-11-28T00:00:00Z'))]).toEqual([false, true]);
    const work = readMute(['fri-mon 18:00-08:00'], 'UTC');
    expect(work(at('2026-12-01T07:00:00Z'))).toBe(true);
    expect(work(at('2026-12-01T19:00:00Z'))).toBe(false);
  });

  it('is refused where it is none', () => {
    for (const text of ['', '25:00-26:00', 'someday', '10:00', '10:61-11:00'])
      expect(() => readMute([text], 'UTC'), text).toThrow(Failure);
  });
});

const condition = (more: Partial<Condition>): Condition => ({
  ...{ key: 'k', at: 0, firing: true, severity: 'critical', labels: {}, summary: 's' },
  ...more,
});

describe('an alert', () => {
  it('fires and ends as its conditions say, each begin counted once, and never goes back in time', () => {
    const steps = fc.array(fc.record({ at: fc.nat(100), firing: fc.boolean() }));
    fc.assert(
      fc.property(steps, all => {
        let alert: Alert | undefined;
        let begins = 0;
        for (const one of all) {
          const next = observe(alert, condition(one));
          if (next?.state === 'firing' && alert?.state !== 'firing') begins += 1;
          if (alert) expect(next!.at).toBeGreaterThanOrEqual(alert.at);
          if (next) expect(next.state === 'firing').toBe(next.ended === null);
          alert = next;
        }
        expect(alert?.firings ?? 0).toBe(begins);
      }),
    );
  });
});

describe('what is told of a group', () => {
  const timing = { groupInterval: 5 * minute, repeatInterval: 4 * hour, escalateAfter: 15 * minute };
  const member = (more: Partial<Member> = {}): Member => ({
    ...{
      subject: 'a',
      firing: true,
      firings: 1,
      acknowledged: false,
      quiet: false,
      told: null,
      toldFirst: null,
      escalated: false,
    },
    ...more,
  });
  const members = fc
    .array(
      fc.record({
        firing: fc.boolean(),
        firings: fc.integer({ min: 1, max: 3 }),
        acknowledged: fc.boolean(),
        quiet: fc.boolean(),
        told: fc.option(fc.integer({ min: 1, max: 3 })),
        toldFirst: fc.option(fc.nat(hour)),
        escalated: fc.boolean(),
      }),
      { maxLength: 8 },
    )
    .map(all => all.map((one, at) => ({ ...one, subject: `s${at}` })));
  const times = fc.record({
    now: fc.integer({ min: hour, max: 9 * hour }),
    sent: fc.option(fc.nat(hour)),
    isMuted: fc.boolean(),
  });

  it('tells that something is over only of what it told that it began, and then forgets it', () => {
    fc.assert(
      fc.property(members, times, (all, at) => {
        const result = flush(all, timing, at);
        for (const one of all) {
          const isOver = !one.firing && one.told !== null && !at.isMuted;
          expect(result.resolved.includes(one.subject)).toBe(isOver);
          if (result.forget.includes(one.subject)) expect(isOver || (!one.firing && one.told === null)).toBe(true);
        }
      }),
    );
  });

  it('tells nothing while it is muted, and looks again later as long as something is left', () => {
    fc.assert(
      fc.property(members, times, (all, at) => {
        const result = flush(all, timing, at);
        if (at.isMuted) expect([result.send, result.escalate]).toEqual([false, []]);
        const left = all.filter(one => !result.forget.includes(one.subject));
        expect(result.next === undefined).toBe(left.length === 0);
        if (result.next !== undefined) expect(result.next).toBeGreaterThan(at.now - 1);
      }),
    );
  });

  it('tells of everything new at once, and nothing again before its time', () => {
    fc.assert(
      fc.property(members, times, (all, at) => {
        const first = flush(all, timing, { ...at, isMuted: false });
        const then = all
          .filter(one => !first.forget.includes(one.subject))
          .map(one => (first.begun.includes(one.subject) ? { ...one, told: one.firings, toldFirst: at.now } : one));
        const loud = all.filter(one => one.firing && !one.quiet && one.told !== one.firings);
        expect(first.begun).toEqual(loud.map(({ subject }) => subject));
        if (!first.send) return;
        const again = { now: at.now + timing.repeatInterval - 1, sent: at.now, isMuted: false };
        expect(flush(then, timing, again).send).toBe(false);
      }),
    );
  });

  it('is told again after the repeat interval unless somebody has it, and to others when nobody has', () => {
    const told = member({ told: 1, toldFirst: 0 });
    const at = (now: number) => ({ now, sent: 0, isMuted: false });
    expect(flush([told], timing, at(4 * hour))).toMatchObject({ send: true, firing: ['a'] });
    expect(flush([{ ...told, acknowledged: true }], timing, at(4 * hour)).send).toBe(false);
    expect(flush([told], timing, at(14 * minute))).toMatchObject({ escalate: [], next: 15 * minute });
    expect(flush([told], timing, at(15 * minute)).escalate).toEqual(['a']);
    expect(flush([{ ...told, acknowledged: true }], timing, at(15 * minute)).escalate).toEqual([]);
    expect(flush([{ ...told, escalated: true }], timing, at(15 * minute)).escalate).toEqual([]);
  });
});

describe('the message of a group', () => {
  it('lists at most a hundred alerts and counts the rest', () => {
    const alerts = Array.from(
      { length: 10_000 },
      (_, at) => observe(undefined, condition({ key: `k${at}`, labels: { n: `${at}`, x: 'y' } }))!,
    );
    const message = writeMessage({ id: 'i', at: 0, group: 'g', labels: { x: 'y' }, firing: alerts, resolved: [] });
    expect(message).toMatchObject({ more: 9900, labels: { x: 'y' }, status: 'firing', severity: 'critical' });
    expect(message.title).toBe('10000 firing (x=y): s, ...');
    expect(JSON.stringify(message).length).toBeLessThan(64_000);
  });
});
