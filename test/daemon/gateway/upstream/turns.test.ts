import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rules, startOf, urgencies } from '../../../../src/daemon/gateway/upstream/bucket.ts';
import { createTurns, most, type Turns, type Waiting } from '../../../../src/daemon/gateway/upstream/turns.ts';
import type { Urgency } from '../../../../src/daemon/gateway/upstream/upstream.ts';
import { createLimiter } from '../../../../src/sandbox/limiter.ts';

const never = Number.POSITIVE_INFINITY;
const waiting = (tenant: string, urgency: Urgency, until = never, since = 0): Waiting => ({
  ...{ tenant, urgency, since, until },
});

function answer(limit: number, remaining: number, status = 200) {
  const headers = { 'ratelimit-limit': String(limit), 'ratelimit-remaining': String(remaining) };
  return { status, headers, body: '' };
}

/** All that may start now, in order; with `end` each ends at once. */
function drain(turns: Turns<Waiting>, now = 0, end = false): Waiting[] {
  const all: Waiting[] = [];
  for (;;) {
    const next = turns.next(now);
    if (!('one' in next)) return all;
    all.push(next.one);
    if (end) turns.ended(next.one, now);
  }
}

/** Turns that know of a bucket with so many requests left. */
function knowing(limit: number, left: number): Turns<Waiting> {
  const turns = createTurns<Waiting>();
  const one = waiting('first', 'write');
  turns.add(one);
  turns.next(0);
  turns.ended(one, 0, answer(limit, left));
  return turns;
}

describe('whose turn it is', () => {
  it('is that of a change before a reading before what is done in the background, whoever came first', () => {
    const turns = createTurns<Waiting>();
    for (const urgency of ['background', 'read', 'write'] as const) turns.add(waiting('web', urgency));
    expect(drain(turns).map(({ urgency }) => urgency)).toEqual(['write', 'read', 'background']);
  });

  it('goes round among the tenants, however many requests one of them has', () => {
    const turns = createTurns<Waiting>();
    for (let count = 0; count < 5; count += 1) turns.add(waiting('greedy', 'read'));
    turns.add(waiting('web', 'read'));
    turns.add(waiting('ops', 'read'));
    expect(drain(turns).map(({ tenant }) => tenant)).toEqual(['greedy', 'web', 'ops', ...Array(4).fill('greedy')]);
  });

  it('gives of any number of turns none of those that always wait more than an equal share and one', () => {
    const tenants = fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd', 'e'), { minLength: 2 });
    fc.assert(
      fc.property(tenants, fc.integer({ min: 1, max: 100 }), fc.constantFrom(...urgencies), (names, count, urgency) => {
        const turns = createTurns<Waiting>();
        const backlog = (tenant: string) => turns.add(waiting(tenant, urgency));
        for (const name of names) for (let each = 0; each < 3; each += 1) backlog(name);
        const served = new Map<string, number>(names.map(name => [name, 0]));
        for (let turn = 0; turn < count; turn += 1) {
          const next = turns.next(0) as { one: Waiting };
          served.set(next.one.tenant, served.get(next.one.tenant)! + 1);
          turns.ended(next.one, 0);
          backlog(next.one.tenant);
        }
        for (const got of served.values()) expect(Math.abs(got - count / names.length)).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('comes to a reading and to what is done in the background every ten seconds, though there is always a change that waits', () => {
    const turns = knowing(3600, 0);
    const served: string[] = [];
    for (const urgency of ['read', 'background'] as const)
      for (let count = 0; count < 100; count += 1) turns.add(waiting('modest', urgency));
    for (let now = 0; now < 60_000; now += 1_000) {
      turns.add(waiting('greedy', 'write', never, now));
      turns.add(waiting('greedy', 'write', never, now));
      for (const one of drain(turns, now)) {
        served.push(one.urgency);
        turns.ended(one, now, answer(3600, 0));
      }
    }
    const count = (urgency: string) => served.filter(one => one === urgency).length;
    expect([count('read'), count('background')]).toEqual([5, 5]);
    expect(count('write')).toBeGreaterThanOrEqual(48);
  });

  it('is looked for again when a request comes back, and not before, however long somebody waits', () => {
    const turns = knowing(60, 0);
    for (const urgency of urgencies) turns.add(waiting('web', urgency));
    for (const now of [0, 9_999]) expect(turns.next(now)).toEqual({ at: 10_000 });
    // Parts of requests are rounded up to a millisecond.
    for (const now of [10_000, 59_000]) expect(Math.floor((turns.next(now) as { at: number }).at / 10)).toBe(6_000);
  });

  it('is kept by one that had it for nothing', () => {
    const turns = createTurns<Waiting>();
    const [first, second, third] = [waiting('web', 'read'), waiting('web', 'read'), waiting('ops', 'read')];
    for (const one of [first, second, third]) turns.add(one);
    expect(turns.next(0)).toEqual({ one: first });
    turns.ended(first, 0);
    turns.putBack(first);
    expect(drain(turns)).toEqual([first, third, second]);
  });

  it('is nobody’s who has left, or has waited for too long', () => {
    const turns = createTurns<Waiting>();
    const [gone, late, left] = [waiting('a', 'read'), waiting('a', 'read', 100), waiting('b', 'read')];
    for (const one of [gone, late, left]) turns.add(one);
    expect(turns.drop(gone)).toBe(true);
    expect(turns.drop(gone)).toBe(false);
    expect(turns.expire(99)).toEqual([]);
    expect(turns.expire(100)).toEqual([late]);
    expect(drain(turns)).toEqual([left]);
    expect(turns.waiting).toBe(0);
  });

  it('is waited for by so many of one tenant and no more, however many the others have', () => {
    const turns = createTurns<Waiting>();
    for (let count = 0; count < most; count += 1) expect(turns.add(waiting('greedy', 'read'))).toBe(true);
    expect(turns.add(waiting('greedy', 'write'))).toBe(false);
    expect(turns.add(waiting('web', 'read'))).toBe(true);
    turns.next(0);
    expect(turns.add(waiting('greedy', 'write'))).toBe(true);
  });

  it('leaves room for changes among the requests that are under way', () => {
    const turns = createTurns<Waiting>();
    for (let count = 0; count < 30; count += 1) turns.add(waiting('web', 'background'));
    const [first, ...others] = drain(turns);
    expect(others).toHaveLength(rules.background.slots - 1);
    for (let count = 0; count < 30; count += 1) turns.add(waiting('web', 'read'));
    expect(drain(turns)).toHaveLength(rules.read.slots - rules.background.slots);
    for (let count = 0; count < 30; count += 1) turns.add(waiting('web', 'write'));
    expect(drain(turns)).toHaveLength(rules.write.slots - rules.read.slots);
    expect(turns.next(0)).toEqual({ at: never });
    turns.ended(first!, 0);
    expect(drain(turns)).toMatchObject([{ urgency: 'write' }]);
  });
});

describe('the bucket of requests', () => {
  it('has a tenth that only changes take at once, and a fifth that nothing in the background does', () => {
    const ready = (left: number) => {
      const { bucket } = knowing(3600, left);
      return urgencies.filter(urgency => startOf(bucket, urgency, 0) === 0);
    };
    expect(ready(3600)).toEqual(['write', 'read', 'background']);
    const { bucket } = knowing(3600, 720);
    expect(startOf(bucket, 'background', 0)).toBe(0);
    for (const [left, urgency] of [
      [720, 'background'],
      [360, 'read'],
    ] as const) {
      const turns = knowing(3600, left);
      turns.add(waiting('web', urgency));
      turns.add(waiting('web', urgency));
      expect(drain(turns, 0, true)).toHaveLength(1);
      turns.add(waiting('web', 'write'));
      expect(drain(turns, 0, true)).toMatchObject([{ urgency: 'write' }]);
    }
  });

  it('that others have emptied still gives readings a half of the refill, and the background a tenth', () => {
    for (const [urgency, within] of [
      ['read', 30],
      ['background', 6],
    ] as const) {
      const turns = knowing(3600, 0);
      for (let count = 0; count < 100; count += 1) turns.add(waiting('web', urgency));
      let started = 0;
      for (let now = 0; now < 60_000; now += 100) {
        for (const one of drain(turns, now)) {
          started += 1;
          // Somebody beside us takes all that comes.
          turns.ended(one, now, answer(3600, 1));
        }
      }
      expect(started).toBeGreaterThanOrEqual(within - 1);
      expect(started).toBeLessThanOrEqual(within + 1);
    }
  });

  it('is never overdrawn, whatever is asked for, however long answers take', () => {
    const request = fc.record({
      urgency: fc.constantFrom(...urgencies),
      tenant: fc.constantFrom('a', 'b', 'c'),
      pause: fc.nat(2_000),
      takes: fc.nat(5_000),
    });
    fc.assert(
      fc.property(fc.array(request, { maxLength: 150 }), fc.integer({ min: 20, max: 4_000 }), (requests, limit) => {
        const limiter = createLimiter(limit, 0);
        limiter.take(0);
        const turns = knowing(limit, Number(limiter.headers(0)['RateLimit-Remaining']));
        const takes = new Map<Waiting, number>();
        const answers: { one: Waiting; at: number; left: number }[] = [];
        let now = 0;
        const step = () => {
          for (const ended of answers.filter(({ at }) => at <= now)) {
            answers.splice(answers.indexOf(ended), 1);
            turns.ended(ended.one, now, answer(limit, ended.left));
          }
          for (const one of drain(turns, now)) {
            expect(limiter.take(now)).toBe(true);
            const left = Number(limiter.headers(now)['RateLimit-Remaining']);
            answers.push({ one, at: now + takes.get(one)!, left });
          }
        };
        for (const { urgency, tenant, pause, takes: ms } of requests) {
          const one = waiting(tenant, urgency);
          takes.set(one, ms);
          turns.add(one);
          step();
          now += pause;
          step();
        }
      }),
    );
  });

  it('is not thought fuller by an answer that comes after those to later requests', () => {
    const turns = knowing(3600, 1000);
    const slow = waiting('web', 'write');
    turns.add(slow);
    turns.next(0);
    for (let count = 0; count < 10; count += 1) {
      const one = waiting('web', 'write');
      turns.add(one);
      turns.next(0);
      turns.ended(one, 0, answer(3600, 998 - count));
    }
    turns.ended(slow, 0, answer(3600, 999));
    expect(turns.bucket.budget?.left).toBeLessThanOrEqual(989);
  });

  it('makes a change wait for no more than the requests that are under way, and a refill', () => {
    const turns = knowing(3600, 3000);
    for (let count = 0; count < 200; count += 1) turns.add(waiting('greedy', 'read'));
    drain(turns);
    turns.add(waiting('web', 'write'));
    expect(turns.next(0)).toMatchObject({ one: { tenant: 'web', urgency: 'write' } });
    const empty = knowing(3600, 0);
    for (let count = 0; count < 200; count += 1) empty.add(waiting('greedy', 'read'));
    empty.add(waiting('web', 'write'));
    expect(empty.next(0)).toEqual({ at: 1000 });
    expect(empty.next(1000)).toMatchObject({ one: { urgency: 'write' } });
  });
});
