import { describe, expect, it } from 'vitest';
import { addSchedule, day, nightly, openBench } from '../backup/bench.ts';
import { checkEnd } from './end.ts';
import { checkCall, checkPower, type Truth } from './rules.ts';
import { simulate } from './simulate.ts';

/** A project after some nights, as the checks see it. */
async function openTruth(): Promise<{ truth: Truth; ids: readonly number[] }> {
  const bench = await openBench();
  await addSchedule(bench, { ...nightly, keep: { last: 2 } });
  await bench.pass(2 * day);
  const { store, project, clock } = bench;
  const wishes = { held: new Set<number>(), frozen: false };
  return {
    truth: { store, project, wishes, now: clock.now, turned: () => undefined },
    ids: [...project.images.keys()],
  };
}

describe('the simulation', () => {
  const seeds = Array.from({ length: 20 }, (_, index) => index + 1);

  it.each(seeds)(
    'breaks no rule while everything goes wrong: seed %i',
    async seed => {
      const { images, deleted, faults } = await simulate(seed, 30, { quiet: 10 });
      expect(images).toBeGreaterThan(20);
      expect(deleted + faults).toBeGreaterThan(0);
    },
    120_000,
  );

  it('is the same life for the same seed', async () => {
    const lives: string[][] = [[], []];
    for (const lines of lives) await simulate(77, 8, { quiet: 1, trace: line => lines.push(line) });
    expect(lives[0]!.length).toBeGreaterThan(50);
    expect(lives[1]).toEqual(lives[0]);
  }, 60_000);

  it('would notice a deletion of what a rule keeps', async () => {
    const { truth, ids } = await openTruth();
    await expect(checkCall(truth, 'DELETE', `images/${ids[0]}`)).rejects.toThrow('is not entered');
    const row = { at: 0, actor: 'x', target_type: 'image', target_name: '', hash: '', result: 'begun' } as const;
    const seq = 9999;
    const entry = { ...row, seq, action: 'backup.delete', target_id: String(ids[0]), of_seq: null, request_id: null };
    const query = truth.store.db
      .insertInto('audit')
      .values({ ...entry, address: null, reason: null, difference: null });
    await truth.store.commit([{ query }]);
    await expect(checkCall(truth, 'DELETE', `images/${ids[0]}`)).rejects.toThrow('rule 3');
    truth.project.servers.clear();
    await expect(checkCall(truth, 'DELETE', `images/${ids[0]}`)).rejects.toThrow('rule 6');
    truth.wishes.held.add(ids[0]!);
    await expect(checkCall(truth, 'DELETE', `images/${ids[0]}`)).rejects.toThrow('rule 5');
    truth.project.images.get(ids[0]!)!.labels = {};
    await expect(checkCall(truth, 'DELETE', `images/${ids[0]}`)).rejects.toThrow('rule 4');
  });

  it('would notice a server that nothing starts again, and a backup that is missing in the end', async () => {
    const { truth } = await openTruth();
    const [server] = [...truth.project.servers.values()];
    server!.status = 'off';
    await expect(checkPower(truth)).rejects.toThrow('rule 16');
    server!.status = 'running';
    await truth.store.db.updateTable('images').set({ state: 'gone' }).execute();
    await expect(checkEnd(truth)).rejects.toThrow('the newest backup of web-1');
  });
});
