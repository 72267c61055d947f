import { describe, expect, it } from 'vitest';
import { Failure } from '../../../src/core/failure.ts';
import type { Image } from '../../../src/core/hetzner/types.ts';
import { backupService } from '../../../src/daemon/backup/service/backups.ts';
import { scheduleService } from '../../../src/daemon/backup/service/schedules.ts';
import { type Bench, day, hour, openBench } from './bench.ts';
import { afterNights, ask, deletions, ids, images, quick, refusals } from './nights.ts';

describe('the safety rules about deleting', () => {
  it('1: nothing is deleted unless the newest image is good and young', async () => {
    const troubles: ((bench: Bench) => void)[] = [
      bench => {
        bench.imaging = () => ({ takes: 60_000, end: 'error' });
      },
      bench => {
        bench.imaging = () => ({ takes: 60_000, end: 'vanish' });
      },
      // Creating for a day and longer.
      bench => {
        bench.imaging = () => ({ takes: 40 * day, end: 'good' });
      },
      bench => {
        bench.fate = (method, path) =>
          path.endsWith('create_image') && method === 'POST' ? { before: new Failure('limited', 'too many') } : {};
      },
    ];
    for (const trouble of troubles) {
      const bench = await afterNights(3, { ...quick, keep: { last: 3 } });
      trouble(bench);
      await bench.pass(1.6 * day);
      const before = deletions(bench).length;
      // What is there could go by the rules from now on.
      await bench.store.db
        .updateTable('schedules')
        .set({ spec: JSON.stringify(quick) })
        .execute();
      await bench.pass(4 * day);
      expect(deletions(bench)).toHaveLength(before);
      expect(images(bench).filter(({ status }) => status === 'available')).toHaveLength(3);
    }
  });

  it('2: never fewer than min-keep good images stay', async () => {
    const bench = await afterNights(6, { ...quick, keep: { last: 1 }, minKeep: 3 });
    expect(images(bench)).toHaveLength(3);
    expect(deletions(bench)).toHaveLength(3);
  });

  it('3: age is measured from the newest good image: a daemon that was off for a year deletes nothing on start', async () => {
    const bench = await afterNights(5, { ...quick, keep: { within: 30 * day } });
    await bench.clock.advance(365 * day);
    await bench.restart();
    await bench.daemon.turn();
    await bench.pass(hour);
    expect(deletions(bench)).toEqual([]);
    expect(images(bench)).toHaveLength(5);
  });

  it('4: only its own images are touched: all labels, and the server, have to agree', async () => {
    const bench = await afterNights(1, { ...quick, grace: day });
    const [own] = images(bench);
    const strangers: Image[] = [
      { labels: {} as Record<string, string> },
      { labels: { ...own!.labels, 'cloudctl/run': 'f'.repeat(32) } },
      { labels: { 'cloudctl/schedule': '1', 'cloudctl/server': own!.labels['cloudctl/server']! } },
      { labels: { ...own!.labels }, created_from: { id: 1, name: 'another' } },
    ].map((one, index): Image => ({ ...own!, id: 90_000 + index, created: '2020-01-01T00:00:00Z', ...one }));
    for (const one of strangers) bench.project.images.set(one.id, one);
    await bench.pass(5 * day);
    for (const { id, labels } of strangers) {
      expect(bench.project.images.get(id)?.labels).toEqual(labels);
      expect(bench.calls.filter(call => call.endsWith(`images/${id}`))).toEqual([]);
    }
  });

  it('5: protected and held images stay, and use up no place of the rules', async () => {
    const bench = await afterNights(2, { ...quick, keep: { last: 2 } });
    const [first, second] = images(bench);
    first!.protection.delete = true;
    await backupService(bench.daemon.tools).hold!(ask({ id: second!.id, input: { reason: 'an audit' } }));
    await bench.pass(4 * day);
    expect(ids(bench)).toHaveLength(4);
    expect(ids(bench)).toEqual(expect.arrayContaining([first!.id, second!.id]));
  });

  it('5: a hold that a person sets while images are looked at is not undone by what the look writes', async () => {
    const bench = await afterNights(3, { ...quick, keep: { last: 9 } });
    const [gone, changed] = images(bench);
    bench.project.images.delete(gone!.id);
    changed!.protection = { delete: true };
    let isHeld = false;
    bench.inspect = async (_method, path) => {
      if (isHeld || path !== `images/${gone!.id}`) return;
      isHeld = true;
      await backupService(bench.daemon.tools).hold!(ask({ id: changed!.id, input: { reason: 'an audit' } }));
    };
    await bench.pass(day);
    const row = bench.store.db.selectFrom('images').select(['protected', 'hold_reason']).where('id', '=', changed!.id);
    expect(isHeld).toBe(true);
    expect(await row.executeTakeFirst()).toEqual({ protected: 1, hold_reason: 'an audit' });
  });

  it('6: when the server is gone nothing is deleted, until a person lets go of it', async () => {
    const bench = await afterNights(3, { ...quick, keep: { last: 2 } });
    const [server] = [...bench.project.servers.keys()];
    bench.project.servers.delete(server!);
    const before = ids(bench);
    await bench.pass(40 * day);
    expect(ids(bench)).toEqual(before);
    await backupService(bench.daemon.tools).release!(ask({ id: before[0]! }));
    await bench.pass(2 * hour);
    expect(ids(bench)).toEqual(before.slice(1));
  });

  it('7: the images of a schedule that is deleted stay, all of them', async () => {
    const bench = await afterNights(4, { ...quick, keep: { last: 3 } });
    const before = ids(bench);
    await scheduleService(bench.daemon.tools).delete!(ask({ id: 1 }));
    await bench.pass(5 * day);
    expect(ids(bench)).toEqual(before);
    const rows = await bench.store.db.selectFrom('images').select('unmanaged').where('state', '=', 'good').execute();
    expect(rows.every(({ unmanaged }) => unmanaged === 1)).toBe(true);
  });

  it('7: a change that would let many go at once waits until a person approves it', async () => {
    const bench = await afterNights(10, { ...quick, keep: { last: 10 } });
    const service = scheduleService(bench.daemon.tools);
    // Deleted once before, so that what was made since is little.
    await bench.pass(2 * day);
    const answer = (await service.update!(ask({ id: 1, input: { 'keep-last': 1 } }))) as {
      schedule: { approval_since: string | null };
    };
    expect(answer.schedule.approval_since).not.toBeNull();
    const before = deletions(bench).length;
    await bench.pass(3 * day);
    expect(deletions(bench)).toHaveLength(before);
    await service.approve!(ask({ id: 1 }));
    await bench.pass(day);
    expect(images(bench)).toHaveLength(1);
  });

  it('8: an image is marked first and deleted a grace later; within it a person takes it back', async () => {
    const bench = await afterNights(2, { ...quick, grace: day });
    const [marked] = images(bench);
    expect(marked!.labels['cloudctl/delete-after']).toMatch(/^\d{8}T\d{6}Z$/);
    expect(deletions(bench)).toEqual([]);
    await backupService(bench.daemon.tools).undelete!(ask({ id: marked!.id }));
    expect(bench.project.images.get(marked!.id)?.labels).not.toHaveProperty('cloudctl/delete-after');
    await bench.pass(3 * day);
    expect(ids(bench)).toContain(marked!.id);
    // The others went their way.
    expect(deletions(bench)).toHaveLength(2);
  });

  it('9: just before each deletion the image is read again and decided anew', async () => {
    const bench = await afterNights(2, { ...quick, keep: { last: 2 } });
    const [first] = images(bench);
    bench.inspect = method => {
      // A person is quicker by a moment.
      if (method === 'POST') first!.protection.delete = true;
    };
    await bench.pass(day);
    expect(ids(bench)).toContain(first!.id);
    expect(deletions(bench)).toEqual([]);
  });

  it('9: what plan shows is what a pruning does', async () => {
    const bench = await afterNights(3, { ...quick, keep: { last: 3 } });
    const spec = { ...quick, keep: { last: 1 } };
    await bench.store.db
      .updateTable('schedules')
      .set({ spec: JSON.stringify(spec) })
      .execute();
    const service = scheduleService(bench.daemon.tools);
    const { plan } = (await service.plan!(ask({ id: 1 }))) as {
      plan: {
        servers: { images: { id: number; decision: string; reasons: string[] }[] }[];
        monthly: object;
        currency: string;
      };
    };
    const going = plan.servers[0]!.images.filter(({ decision }) => decision === 'delete').map(({ id }) => id);
    expect(going).toHaveLength(2);
    expect(plan.monthly).not.toBeNull();
    expect(plan.currency).toBe('EUR');
    const [server] = [...bench.project.servers.keys()];
    await bench.daemon.tools.queue.add({ name: 'prune', payload: { schedule: 1, server: server! }, key: 'now' });
    await bench.pass(60_000);
    expect(
      deletions(bench)
        .map(call => Number(call.split('/')[1]))
        .sort(),
    ).toEqual(going.sort());
  });

  it('10: a retention that keeps nothing is refused', async () => {
    const bench = await openBench();
    const create = scheduleService(bench.daemon.tools).create!;
    const input = { name: 'empty', server: ['web-1'], cron: '0 3 * * *' };
    await expect(create(ask({ input }))).rejects.toThrow('retention keeps nothing');
    await expect(create(ask({ input: { ...input, 'keep-last': 0 } }))).rejects.toThrow('retention keeps nothing');
    expect(await refusals(bench, 'schedule.create')).toHaveLength(2);
  });
});
