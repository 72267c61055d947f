import { describe, expect, it } from 'vitest';
import { Failure } from '../../../src/core/failure.ts';
import { Killed, type Point, type Process } from '../simulate/crash.ts';
import { checkCall, checkOnce } from '../simulate/rules.ts';
import { addSchedule, type Bench, day, hour, nightly, openBench } from './bench.ts';

type Kind = 'kill' | 'error' | 'timeout';

/** What happens at a point, for each kind of interruption. */
const interruptions: Record<Kind, (process: Process, point: Point) => never> = {
  kill: process => process.kill(),
  error: (_, point) => {
    throw point.startsWith('commit')
      ? new Error('the disk is full')
      : new Failure('unreachable', 'no connection', { ambiguous: point.includes(' after ') });
  },
  timeout: () => {
    throw new Failure('timeout', 'no answer in time', { ambiguous: true });
  },
};

/** Where an interruption is another one than those before it: killed before something is killed after what was before that. */
const matters: Record<Kind, (point: Point) => boolean> = {
  kill: point => point.includes(' after '),
  error: () => true,
  timeout: point => point.startsWith('call'),
};

/** Lives through a night in which the server is stopped, an image made and the one before it deleted, and interrupts it at the n-th point. */
async function liveThrough(kind: Kind, at: number): Promise<{ bench: Bench; points: Point[] }> {
  const points: Point[] = [];
  let counts = false;
  const bench = await openBench({}, (point, process) => {
    if (!counts) return;
    points.push(point);
    if (points.length === at) interruptions[kind](process, point);
  });
  const { store, project, clock } = bench;
  const wishes = { held: new Set<number>(), frozen: false };
  const truth = { store, project, wishes, now: clock.now, turned: () => undefined };
  bench.inspect = (method, path) => checkCall(truth, method, path);
  await addSchedule(bench, { ...nightly, shutdown: true, keep: { last: 1 }, grace: 0 });
  await untilKilled(bench, 5 * hour);
  counts = true;
  await untilKilled(bench, day);
  return { bench, points };
}

/** Lets time pass, and begins anew a minute after each kill. */
async function untilKilled(bench: Bench, ms: number): Promise<void> {
  const end = bench.clock.now() + ms;
  while (bench.clock.now() < end) {
    try {
      await bench.pass(end - bench.clock.now());
    } catch (error) {
      const isTick = error instanceof Failure || (error as Error).message === 'the disk is full';
      if (!(error instanceof Killed) && !isTick) throw error;
      await bench.clock.advance(60_000);
      if (error instanceof Killed) await bench.restart();
    }
  }
}

async function expectWhole({ store, project }: Bench): Promise<void> {
  await checkOnce(store);
  const runs = await store.db.selectFrom('runs').select(['state', 'image_id']).orderBy('due').execute();
  expect(runs.map(({ state }) => state)).toEqual(['done', 'done']);
  // The one that is kept, and only that one.
  expect([...project.images.keys()]).toEqual([runs[1]!.image_id]);
  expect([...project.servers.values()].map(({ status }) => status)).toEqual(['running']);
  const rows = await store.db.selectFrom('images').select(['id', 'state']).orderBy('id').execute();
  expect(rows.map(({ state }) => state)).toEqual(['deleted', 'good']);
  const locks = await store.db.selectFrom('meta').select('name').where('name', 'like', 'lock/%').execute();
  expect(locks).toEqual([]);
}

describe('a backup that is interrupted', async () => {
  const { bench, points } = await liveThrough('kill', 0);
  await expectWhole(bench);

  it('is interrupted at every commit and every call', () => {
    expect(points.length).toBeGreaterThan(60);
    for (const call of ['shutdown', 'create_image', 'poweron']) {
      expect(points.filter(point => point.endsWith(call))).toHaveLength(2);
    }
    expect(points.filter(point => point.includes('DELETE images/'))).toHaveLength(2);
  });

  for (const kind of Object.keys(interruptions) as Kind[]) {
    it(`makes one image, deletes none that is kept and leaves the server on, by ${kind} at each point`, async () => {
      for (let at = 1; at <= points.length; at += 1) {
        if (!matters[kind](points[at - 1]!)) continue;
        const { bench } = await liveThrough(kind, at);
        await expectWhole(bench).catch(error => {
          throw new Error(`${kind} at point ${at}, ${points[at - 1]}: ${error.message}`, { cause: error });
        });
        await bench.store.close();
      }
    }, 120_000);
  }
});
