import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Plan, type PlanImage, type PlanInput, type PlanState, plan } from '../../../src/core/backup/plan.ts';
import type { Keep } from '../../../src/core/backup/types.ts';

const minute = 60_000;
const hour = 3_600_000;
const day = 24 * hour;
const now = Date.parse('2026-11-25T04:00Z');
const calm: PlanState = {
  ...{ frozen: false, managed: true, serverExists: true, approval: 'none', clockJumped: null, created: 1 },
};
const spec = { cron: '0 3 * * *', zone: 'UTC', keep: { last: 3 }, minKeep: 1, grace: day };
const server = 7;

function image(id: number, daysOld: number, more: Partial<PlanImage> = {}): PlanImage {
  const created = Date.parse('2026-11-25T03:05Z') - daysOld * day;
  return { id, server, created, good: true, protected: false, held: false, size: 10, deleteAfter: null, ...more };
}

/** Ids 100, 99 ...: today's image, yesterday's ... */
const nights = (count: number, more: Partial<PlanImage> = {}) =>
  Array.from({ length: count }, (_, index) => image(100 - index, index, more));

type Change = Partial<Omit<PlanInput, 'spec' | 'state'>> & {
  spec?: Partial<PlanInput['spec']>;
  state?: Partial<PlanState>;
};

function planOf(images: readonly PlanImage[], change: Change = {}): Plan {
  return plan({
    ...{ server, images, now, perGigabyte: null, ...change },
    spec: { ...spec, ...change.spec },
    state: { ...calm, ...change.state },
  });
}

/** `id decision: reasons`, from the newest to the oldest. */
const told = ({ images }: Plan) =>
  images.map(({ id, decision, reasons }) => `${id} ${decision}: ${reasons.join('; ')}`);
const decisions = ({ images }: Plan) => Object.fromEntries(images.map(({ id, decision }) => [id, decision]));
const gone = ({ images }: Plan) => images.filter(({ decision }) => decision === 'mark' || decision === 'delete');

describe('a plan', () => {
  it('keeps what a rule wants, with its reason, and marks the rest', () => {
    expect(told(planOf(nights(5)))).toEqual([
      '100 keep: last 1 of 3',
      '99 keep: last 2 of 3',
      '98 keep: last 3 of 3',
      '97 mark: no rule wants it',
      '96 mark: no rule wants it',
    ]);
  });

  it('deletes what is marked when its grace is over, and not a moment before', () => {
    const marked = (deleteAfter: number) => planOf([...nights(3), image(50, 10, { deleteAfter })]);
    expect(planOf(nights(4)).images[3]).toMatchObject({ decision: 'mark', deleteAfter: now + day });
    expect(told(marked(now + 1))[3]).toBe('50 keep: no rule wants it; to be deleted after 2026-11-25T04:00:00Z');
    expect(told(marked(now))[3]).toBe('50 delete: no rule wants it');
  });

  it('deletes at once without a grace', () => {
    expect(decisions(planOf(nights(4), { spec: { grace: 0 } }))[97]).toBe('delete');
  });

  it('takes the mark off an image that a rule wants again, that is held or protected', () => {
    const deleteAfter = now - day;
    expect(told(planOf(nights(2, { deleteAfter })))).toEqual(['100 unmark: last 1 of 3', '99 unmark: last 2 of 3']);
    const spared = [
      ...nights(3),
      image(50, 10, { deleteAfter, held: true }),
      image(49, 11, { deleteAfter, protected: true }),
    ];
    expect(told(planOf(spared)).slice(3)).toEqual(['50 unmark: held', '49 unmark: protected']);
  });

  it('tells what each image costs a month', () => {
    const perGigabyte = { net: '0.0110', gross: '0.013090' };
    const { images } = planOf([image(1, 0, { size: 20 }), image(2, 1, { size: null })], { perGigabyte });
    expect(images.map(({ monthly }) => monthly)).toEqual([{ net: '0.22', gross: '0.2618' }, null]);
  });

  it('knows the period and the newest good image', () => {
    expect(planOf([image(1, 0, { good: false }), image(2, 1)])).toMatchObject({
      period: day,
      newestGood: image(2, 1).created,
    });
    expect(planOf([]).newestGood).toBeNull();
  });

  it('refuses rules that keep nothing', () => {
    expect(() => planOf(nights(5), { spec: { keep: {} } })).toThrow(expect.objectContaining({ code: 'usage' }));
  });
});

describe('nothing is marked or deleted', () => {
  const ripe = [...nights(5), image(50, 10, { deleteAfter: now - 1 })];
  const newest = (more: Partial<PlanImage>) => [image(200, -0.01, more), ...ripe];

  const stops: readonly (readonly [string, readonly PlanImage[], Change, string])[] = [
    ['while the newest image is not good (rule 1)', newest({ good: false }), {}, 'the newest image 200 is not good'],
    [
      'when the newest good image is as old as one and a half periods (rule 1)',
      ripe,
      { now: image(100, 0).created + 1.5 * day },
      'the newest good image is 1d12h old, and one is due every 1d',
    ],
    [
      'when it will be before a deletion has landed (rule 1)',
      ripe,
      { now: image(100, 0).created + 1.5 * day - minute },
      'the newest good image is 1d11h59m old, and one is due every 1d',
    ],
    [
      'a year later, when the daemon was off (rule 3)',
      ripe,
      { now: now + 365 * day },
      'the newest good image is 365d55m old, and one is due every 1d',
    ],
    ['when the server is gone (rule 6)', ripe, { state: { serverExists: false } }, 'server 7 is gone'],
    [
      'when the schedule is gone (rule 7)',
      ripe,
      { state: { managed: false } },
      'the schedule is gone, or could not be read',
    ],
    [
      'while a change waits for approval (rule 7)',
      ripe,
      { state: { approval: 'waiting' } },
      'a change of the schedule waits for approval',
    ],
    ['while deletions are frozen', ripe, { state: { frozen: true } }, 'deletions are frozen'],
    [
      'for a period after the clock jumped (rule 15)',
      ripe,
      { state: { clockJumped: now - day + 1 } },
      'the clock jumped at 2026-11-24T04:00:00Z: no deletions for 1d',
    ],
    [
      'while the clock has not come to where it jumped from',
      ripe,
      { state: { clockJumped: now + day } },
      'the clock jumped at 2026-11-26T04:00:00Z: no deletions for 1d',
    ],
    [
      'while the clock stands before the newest image (rule 15)',
      newest({ created: now + 1 }),
      {},
      'the clock stands before the newest image',
    ],
  ];

  it.each(stops)('%s', (_what, images, change, reason) => {
    const stopped = planOf(images, change);
    expect(gone(stopped)).toEqual([]);
    expect(stopped.stopped).toEqual([reason]);
    expect(told(stopped).at(-1)).toBe(`50 keep: no rule wants it; ${reason}`);
  });

  it('though the same images go when nothing stands against it', () => {
    expect(decisions(planOf(ripe))).toMatchObject({ 97: 'mark', 96: 'mark', 50: 'delete' });
    expect(gone(planOf(ripe, { now: image(100, 0).created + 1.5 * day - minute - 1 })).length).toBe(3);
    expect(gone(planOf(ripe, { state: { clockJumped: now - day } })).length).toBe(3);
    expect(gone(planOf(newest({ created: now }))).length).toBe(4);
  });

  it('and a schedule of every minute has not lost a whole one', () => {
    const often = { spec: { cron: '* * * * *' } };
    const made = [image(3, 0), image(2, 1 / 1440), image(1, 2 / 1440)];
    const at = (ms: number) => ({ ...often, now: image(3, 0).created + ms });
    expect(planOf(made, at(1.5 * minute - 600 - 1)).stopped).toEqual([]);
    expect(planOf(made, at(1.5 * minute - 600)).stopped).toHaveLength(1);
  });

  it('and the period is the gap between the last two due times, not the longest', () => {
    const twice = { spec: { cron: '0 2,3 * * *' } };
    expect(gone(planOf(ripe, twice)).length).toBe(3);
    expect(planOf(ripe, { ...twice, now: now + hour }).stopped).toEqual([
      'the newest good image is 1h55m old, and one is due every 1h',
    ]);
  });

  it('and a clock that is behind is told, to be remembered', () => {
    expect(planOf(newest({ created: now + 1 })).clockBehind).toBe(true);
    expect(planOf(newest({ created: now + 1, foreign: true })).clockBehind).toBe(false);
    expect(planOf(newest({ created: now })).clockBehind).toBe(false);
  });

  it('where there is no image yet', () => expect(planOf([]).stopped).toEqual(['there is no image yet']));
});

describe('what is left whatever the rules say', () => {
  it('the least number of good images (rule 2), the newest of those no rule wants', () => {
    const kept = planOf(nights(5), { spec: { keep: { last: 1 }, minKeep: 3 } });
    expect(told(kept)).toEqual([
      '100 keep: last 1 of 1',
      '99 keep: one of the 3 that always stay',
      '98 keep: one of the 3 that always stay',
      '97 mark: no rule wants it',
      '96 mark: no rule wants it',
    ]);
  });

  it('not counting what was held and no longer is (rule 2)', () => {
    const images = [image(100, 0), image(99, 1, { holdExpired: true }), image(98, 2), image(97, 3)];
    expect(told(planOf(images, { spec: { keep: { last: 2 }, minKeep: 2 } }))).toEqual([
      '100 keep: last 1 of 2',
      '99 keep: last 2 of 2',
      '98 keep: one of the 2 that always stay',
      '97 mark: no rule wants it',
    ]);
  });

  it('images that are not good, which count for nothing (rule 2)', () => {
    const images = [image(100, 0), image(99, 1, { good: false }), image(98, 2, { good: false }), image(97, 3)];
    expect(told(planOf(images, { spec: { keep: { last: 2 } } }))).toEqual([
      '100 keep: last 1 of 2',
      '99 ignore: not a good image',
      '98 ignore: not a good image',
      '97 keep: last 2 of 2',
    ]);
  });

  it('images of another server, of no schedule, of a schedule that is gone (rules 4 and 7)', () => {
    const others = [
      image(9, 9, { server: 8, deleteAfter: 1 }),
      image(8, 10, { foreign: true, deleteAfter: 1 }),
      image(6, 11, { unmanaged: true, deleteAfter: 1 }),
    ];
    expect(told(planOf([...nights(3), ...others])).slice(3)).toEqual([
      '9 ignore: of another server: 8',
      '8 ignore: not made by this schedule',
      '6 ignore: unmanaged: its schedule is gone',
    ]);
  });

  it('and none of those takes a place or stands for the newest image', () => {
    const foreign = [image(200, -0.01, { foreign: true, good: false }), image(201, -0.01, { server: 8, good: false })];
    expect(planOf([...foreign, ...nights(4)]).stopped).toEqual([]);
    expect(decisions(planOf([...foreign, ...nights(4)]))).toMatchObject({ 98: 'keep', 97: 'mark' });
  });

  it('protected and held images, which take no place (rule 5)', () => {
    const images = [
      image(100, 0),
      image(99, 1, { held: true }),
      image(98, 2, { protected: true }),
      image(97, 3),
      image(96, 4),
    ];
    expect(told(planOf(images, { spec: { keep: { last: 2 } } }))).toEqual([
      '100 keep: last 1 of 2',
      '99 keep: held',
      '98 keep: protected',
      '97 keep: last 2 of 2',
      '96 mark: no rule wants it',
    ]);
  });
});

describe('what a person let go of', () => {
  const released = image(50, 10, { released: true });

  it('goes by mark and grace though its server or schedule is gone', () => {
    const change = { state: { serverExists: false, managed: false } };
    expect(told(planOf([released], change))).toEqual(['50 mark: released by a person']);
    expect(told(planOf([{ ...released, deleteAfter: now }], change))).toEqual(['50 delete: released by a person']);
    expect(told(planOf([{ ...released, unmanaged: true }], change))).toEqual(['50 mark: released by a person']);
  });

  it('stays while it is held or protected, while deletions are frozen, while the clock is not to be trusted', () => {
    expect(told(planOf([{ ...released, held: true }]))).toEqual(['50 keep: held']);
    expect(told(planOf([{ ...released, protected: true }]))).toEqual(['50 keep: protected']);
    expect(gone(planOf([released], { state: { frozen: true } }))).toEqual([]);
    expect(gone(planOf([released], { state: { clockJumped: now } }))).toEqual([]);
    expect(decisions(planOf([{ ...released, server: 8 }]))).toEqual({ 50: 'ignore' });
    expect(decisions(planOf([{ ...released, foreign: true }]))).toEqual({ 50: 'ignore' });
  });

  it('counts for nothing among the good ones', () => {
    const kept = planOf([image(100, 0, { released: true }), image(99, 0.5), image(98, 1)], {
      spec: { keep: { last: 1 } },
    });
    expect(decisions(kept)).toEqual({ 100: 'mark', 99: 'keep', 98: 'mark' });
  });
});

describe('a change of the retention', () => {
  const edited = (count: number, created = 1) => planOf(nights(count), { state: { approval: 'edited', created } });

  it('that lets more go than were made, and one, waits for a person (rule 7)', () => {
    const waits = edited(6);
    expect(waits.approval).toEqual({ going: 3, most: 2 });
    expect(waits.stopped).toEqual([
      'the change of the schedule would let 3 images go, more than 2: it waits for approval',
    ]);
    expect(gone(waits)).toEqual([]);
  });

  it('that lets no more go than that is done', () => {
    expect(edited(5)).toMatchObject({ approval: null, stopped: [] });
    expect(gone(edited(5)).length).toBe(2);
    expect(gone(edited(6, 2)).length).toBe(3);
  });

  it('may let a fifth go', () => {
    const many = (last: number) => planOf(nights(20), { spec: { keep: { last } }, state: { approval: 'edited' } });
    expect(gone(many(16)).length).toBe(4);
    expect(many(15).approval).toEqual({ going: 5, most: 4 });
  });

  it('does not count again what was marked before it', () => {
    const marked = nights(12).map((one, index) => (index < 5 ? one : { ...one, deleteAfter: now }));
    const carried = planOf(marked, { state: { approval: 'edited' } });
    expect(carried.approval).toBeNull();
    expect(gone(carried).length).toBe(9);
  });

  it('is no matter once it was approved', () => expect(gone(planOf(nights(30))).length).toBe(27));
});

const counts = fc.option(fc.integer({ min: 0, max: 6 }), { nil: undefined });
const keeps: fc.Arbitrary<Keep> = fc
  .record({ last: counts, hourly: counts, daily: counts, weekly: counts, monthly: counts })
  .filter(keep => Object.values(keep).some(count => (count ?? 0) > 0));
const mostly = (unlikely: boolean) => fc.constantFrom(...Array<boolean>(7).fill(!unlikely), unlikely);
const deleteAfter = fc.option(fc.integer({ min: -5 * day, max: 2 * day }).map(offset => now + offset));
const images = fc
  .array(
    fc.record({
      ...{ server: fc.constantFrom(7, 7, 7, 7, 7, 8), created: fc.integer({ min: 0, max: 60 * day }), deleteAfter },
      ...{ good: mostly(false), protected: mostly(true), held: mostly(true) },
      ...{ foreign: mostly(true), unmanaged: mostly(true), released: mostly(true), holdExpired: mostly(true) },
      size: fc.option(fc.integer({ min: 0, max: 500 })),
    }),
    { maxLength: 25 },
  )
  .map(list => list.map((one, index): PlanImage => ({ ...one, id: index + 1, created: now - one.created })));
// Often good and new enough, so that something is deleted.
const likely = fc.boolean().chain(fresh => images.map(list => (fresh ? [...list, image(1000, 0)] : list)));
const state: fc.Arbitrary<PlanState> = fc.record({
  ...{ frozen: mostly(true), managed: mostly(false), serverExists: mostly(false) },
  approval: fc.constantFrom('none', 'none', 'none', 'edited', 'waiting'),
  clockJumped: fc.constantFrom(null, null, null, null, now - hour, now - 3 * day, now + hour),
  created: fc.integer({ min: 0, max: 5 }),
});
const inputs: fc.Arbitrary<PlanInput> = fc.record({
  spec: fc.record({
    ...{ cron: fc.constantFrom('0 3 * * *', '0 * * * *', '0 0 * * 0'), zone: fc.constantFrom('UTC', 'Europe/Berlin') },
    ...{ keep: keeps, minKeep: fc.integer({ min: 1, max: 5 }), grace: fc.constantFrom(0, hour, day) },
  }),
  ...{ server: fc.constant(server), images: likely, now: fc.constant(now), state, perGigabyte: fc.constant(null) },
});
const many = { numRuns: 10_000 };

/** The images after the plan was carried out. */
function carryOut(input: PlanInput, { images: planned }: Plan): PlanImage[] {
  const verdicts = new Map(planned.map(one => [one.id, one]));
  return input.images
    .filter(({ id }) => verdicts.get(id)!.decision !== 'delete')
    .map(one => ({ ...one, deleteAfter: verdicts.get(one.id)!.deleteAfter }));
}

const isOwn = (one: PlanImage) => one.server === server && !one.foreign && !one.unmanaged && !one.released;
const countsAsGood = (one: PlanImage) => isOwn(one) && one.good && !one.held && !one.protected;

describe('whatever there is, a plan', () => {
  it('has one verdict with a reason for each image, and the same in whichever order they come', () => {
    fc.assert(
      fc.property(inputs, input => {
        const first = plan(input);
        expect(first.images.length).toBe(input.images.length);
        expect(first.images.every(({ reasons }) => reasons.length > 0 && reasons.every(Boolean))).toBe(true);
        const reversed = plan({ ...input, images: [...input.images].reverse() });
        expect(JSON.stringify(reversed)).toBe(JSON.stringify(first));
      }),
      many,
    );
  });

  it('leaves nothing to do once it is carried out', () => {
    fc.assert(
      fc.property(inputs, input => {
        const after = plan({ ...input, images: carryOut(input, plan(input)) });
        expect(after.images.filter(({ decision }) => decision !== 'keep' && decision !== 'ignore')).toEqual([]);
      }),
      many,
    );
  });

  it('never leaves fewer good images than must be there, even where it is carried out for years', () => {
    fc.assert(
      fc.property(inputs, input => {
        const mustStay = (one: PlanImage) => countsAsGood(one) && !one.holdExpired;
        const present = input.images.filter(mustStay).length;
        let left: PlanImage[] = [...input.images];
        for (const later of [0, hour, 2 * day, 365 * day]) {
          const then = { ...input, images: left, now: now + later };
          left = carryOut(then, plan(then));
        }
        expect(left.filter(mustStay).length).toBeGreaterThanOrEqual(Math.min(input.spec.minKeep, present));
      }),
      { numRuns: 3000 },
    );
  });

  it('touches nothing protected, held, foreign or of another server', () => {
    fc.assert(
      fc.property(inputs, input => {
        const decided = decisions(plan(input));
        for (const one of input.images) {
          const isForeign = one.server !== server || one.foreign;
          if (isForeign) expect(decided[one.id]).toBe('ignore');
          else if (one.protected || one.held) expect(['keep', 'unmark']).toContain(decided[one.id]);
          else if (one.unmanaged && !one.released) expect(decided[one.id]).toBe('ignore');
        }
      }),
      many,
    );
  });

  it('deletes only what no rule wants, what was marked for its grace, and what the newest image allows', () => {
    let deleted = 0;
    fc.assert(
      fc.property(inputs, input => {
        const made = plan(input);
        const own = input.images.filter(isOwn).sort((a, b) => b.created - a.created || b.id - a.id);
        for (const { id, decision } of made.images) {
          if (decision !== 'delete' && decision !== 'mark') continue;
          const one = input.images.find(other => other.id === id)!;
          deleted += decision === 'delete' ? 1 : 0;
          expect(input.state.frozen).toBe(false);
          if (decision === 'delete' && input.spec.grace > 0) expect(one.deleteAfter).toBeLessThanOrEqual(now);
          if (one.released) continue;
          expect(made.stopped).toEqual([]);
          expect(own[0]!.good).toBe(true);
          expect(now - own[0]!.created).toBeLessThan(1.5 * made.period);
          expect(input.state).toMatchObject({ managed: true, serverExists: true });
          expect(id).not.toBe(own.find(countsAsGood)?.id);
        }
      }),
      many,
    );
    expect(deleted).toBeGreaterThan(1000);
  });
});
