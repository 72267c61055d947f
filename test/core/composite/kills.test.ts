import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Bench, type Goal, type Kill, openBench, resizeGoal, snapshotGoal } from './bench.ts';

let bench: Bench;
beforeEach(async () => {
  bench = await openBench();
});
afterEach(() => bench.close());

const goals: [string, Goal, () => void][] = [
  ['snapshot', snapshotGoal, () => expect(bench.snapshots().map(one => one.status)).toEqual(['available'])],
  ['resize', resizeGoal, () => expect(bench.server().server_type.name).toBe('cx43')],
];

/** Runs again until one ends, as a person would. */
async function runUntilDone(goal: Goal): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      if (await bench.run(goal)) return;
    } catch (error) {
      if (attempt === 6) throw error;
    }
  }
}

async function hasEnded(run: ReturnType<Bench['run']>): Promise<boolean> {
  return (await run.catch(() => undefined)) !== undefined;
}

function startAnew(): void {
  bench.sandbox.reset();
}

// Hundreds of runs a test: a busy machine takes its time for them.
describe.each(goals)('%s of a running server', { timeout: 120_000 }, (_, goal, check) => {
  const checkEnd = () => {
    expect(bench.server().status).toBe('running');
    check();
    expect(bench.journals()).toEqual([]);
  };

  it('ends with the server running when nothing disturbs it', async () => {
    const done = await bench.run(goal);
    expect(done?.idle).toBe(false);
    checkEnd();
  });

  it('is finished by the next run after a kill at any request', async () => {
    await bench.run(goal);
    const total = bench.sent;
    expect(total).toBeGreaterThan(8);
    for (let at = 0; at < total; at += 1) {
      for (const when of ['before', 'after'] as const) {
        startAnew();
        expect(await bench.run(goal, { kill: { at, when } })).toBeUndefined();
        await bench.run(goal);
        checkEnd();
      }
    }
  });

  it('is finished after several kills, lost replies and failing answers', async () => {
    const kill: fc.Arbitrary<Kill> = fc.record({ at: fc.nat(25), when: fc.constantFrom('before', 'after') });
    const fault = fc.record({
      kind: fc.constantFrom('lost' as const, 'reset' as const, 'cutoff' as const, 'garbage' as const, 'late' as const),
      method: fc.constantFrom('GET', 'POST'),
      skip: fc.nat(6),
      delay: fc.constant(0),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(kill, { maxLength: 3 }), fc.array(fault, { maxLength: 3 }), async (kills, faults) => {
        startAnew();
        for (const rule of faults) bench.sandbox.fault(rule);
        // A run that was not killed has ended: the next would be another one.
        for (const one of kills) if (await hasEnded(bench.run(goal, { kill: one }))) return checkEnd();
        await runUntilDone(goal);
        checkEnd();
      }),
      { numRuns: 60 },
    );
  });
});
