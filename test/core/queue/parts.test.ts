import { describe, expect, it } from 'vitest';
import { Failure } from '../../../src/core/failure.ts';
import { gatherWrites } from '../../../src/core/queue/gather.ts';
import { createNap } from '../../../src/core/queue/nap.ts';
import { createSlots } from '../../../src/core/queue/slots.ts';
import { fakeClock } from '../../helpers/clock.ts';

const query = (sql: string) => ({ compile: () => ({ sql }) }) as never;

describe('gatherWrites', () => {
  const sqlOf = (steps: readonly { query: { compile(): { sql: string } } }[]) =>
    steps.map(step => step.query.compile().sql);

  it('makes the writes of one turn in one commit, by id, and gives each what it has changed', async () => {
    const commits: string[][] = [];
    const write = gatherWrites({
      commit: async steps => {
        commits.push(sqlOf(steps));
        return steps.map(step => Number(step.query.compile().sql));
      },
    });
    expect(await Promise.all([write(3, query('3')), write(1, query('1')), write(2, query('2'))])).toEqual([3, 1, 2]);
    expect(commits).toEqual([['1', '2', '3']]);
    await write(4, query('4'));
    expect(commits).toHaveLength(2);
  });

  it('makes those that come while it commits in the next one, and never more than 500 at once', async () => {
    const sizes: number[] = [];
    let isBusy = false;
    const write = gatherWrites({
      commit: async steps => {
        if (isBusy) throw new Error('two commits at once');
        isBusy = true;
        sizes.push(steps.length);
        await new Promise(setImmediate);
        isBusy = false;
        return steps.map(() => 1);
      },
    });
    const many = Array.from({ length: 1200 }, (_, id) => write(id, query('x')));
    await new Promise(setImmediate);
    await Promise.all([...many, write(0, query('x'))]);
    expect(sizes).toEqual([500, 500, 201]);
  });

  it('tells all of a commit that it has failed, and goes on', async () => {
    let isBroken = true;
    const write = gatherWrites({
      commit: async steps => {
        if (isBroken) throw new Failure('unreachable', 'gone');
        return steps.map(() => 1);
      },
    });
    const results = await Promise.allSettled([write(1, query('x')), write(2, query('x'))]);
    expect(results.map(result => result.status)).toEqual(['rejected', 'rejected']);
    isBroken = false;
    expect(await write(1, query('x'))).toBe(1);
  });
});

describe('createSlots', () => {
  it('gives a slot to who has waited longest, and tells when all are free', async () => {
    const slots = createSlots(1);
    expect([slots.tryTake(), slots.tryTake(), slots.free]).toEqual([true, false, 0]);
    const order: string[] = [];
    const first = slots.take().then(() => order.push('first'));
    const second = slots.take().then(() => order.push('second'));
    const idle = slots.idle().then(() => order.push('idle'));
    slots.give();
    await first;
    expect(slots.tryTake()).toBe(false);
    slots.give();
    await second;
    slots.give();
    await idle;
    expect(order).toEqual(['first', 'second', 'idle']);
    expect(slots.free).toBe(1);
    await slots.idle();
  });
});

describe('createNap', () => {
  it('ends when it is woken, also by a call before it began, and only once by each', async () => {
    const clock = fakeClock(0, { auto: false });
    const nap = createNap(clock);
    const first = nap.rest(1000);
    nap.wake();
    await first;
    nap.wake();
    nap.wake();
    await nap.rest(1000);
    let isOver = false;
    const third = nap.rest(1000).then(() => {
      isOver = true;
    });
    await clock.advance(999);
    expect(isOver).toBe(false);
    await clock.advance(1);
    await third;
  });

  it('passes on what a clock throws', async () => {
    const nap = createNap({ now: () => 0, sleep: () => Promise.reject(new Error('broken')) });
    await expect(nap.rest(1)).rejects.toThrow('broken');
  });
});
