import { describe, expect, it } from 'vitest';
import type { ScheduleSpec } from '../../../src/core/backup/types.ts';
import { Failure } from '../../../src/core/failure.ts';
import type { Image } from '../../../src/core/hetzner/types.ts';
import type { Request } from '../../../src/daemon/api/service.ts';
import { backupService } from '../../../src/daemon/backup/service/backups.ts';
import { scheduleService } from '../../../src/daemon/backup/service/schedules.ts';
import { freeze } from '../../../src/daemon/frozen.ts';
import { addSchedule, type Bench, day, hour, nightly, openBench } from './bench.ts';

const quick: ScheduleSpec = { ...nightly, keep: { last: 1 }, grace: 0 };
const caller = { name: 'anna@example.com', role: 'admin', requestId: 'r-1', address: 'socket' } as const;

const ask = (request: Partial<Request>): Request => ({
  ...{ caller, input: {}, query: {}, signal: new AbortController().signal },
  ...request,
});

const deletions = ({ calls }: Bench) => calls.filter(call => call.startsWith('DELETE images/'));
const creations = ({ calls }: Bench) => calls.filter(call => call.endsWith('create_image'));

async function events({ store }: Bench, type: string): Promise<Record<string, unknown>[]> {
  const rows = await store.db.selectFrom('events').select('data').where('type', '=', type).execute();
  return rows.map(({ data }) => JSON.parse(data) as Record<string, unknown>);
}

async function refusals({ store }: Bench, action: string): Promise<(string | null)[]> {
  const rows = await store.db
    .selectFrom('audit')
    .select('reason')
    .where('action', '=', action)
    .where('result', '=', 'refused')
    .execute();
  return rows.map(({ reason }) => reason);
}

/** A bench with so many nights behind it. */
async function afterNights(nights: number, spec = quick, parts: Parameters<typeof openBench>[0] = {}): Promise<Bench> {
  const bench = await openBench(parts);
  await addSchedule(bench, spec);
  await bench.pass(nights * day);
  return bench;
}

const images = ({ project }: Bench) => [...project.images.values()];
const ids = ({ project }: Bench) => [...project.images.keys()];

describe('the safety rules', () => {
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
      plan: { servers: { images: { id: number; decision: string; reasons: string[] }[] }[]; monthly: object };
    };
    const going = plan.servers[0]!.images.filter(({ decision }) => decision === 'delete').map(({ id }) => id);
    expect(going).toHaveLength(2);
    expect(plan.monthly).not.toBeNull();
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

  it('11: a create whose answer is lost is looked for before it is asked for again', async () => {
    const bench = await openBench();
    await addSchedule(bench);
    const timeout = new Failure('timeout', 'no answer', { ambiguous: true });
    bench.fate = (_, path) => (path.endsWith('create_image') ? { after: timeout } : {});
    await bench.pass(6 * hour);
    expect(creations(bench)).toHaveLength(1);
    expect(images(bench)).toHaveLength(1);
    expect(await bench.store.db.selectFrom('images').select('state').execute()).toEqual([{ state: 'good' }]);
  });

  it('11: a request that lands after its second try is found, reported and never counted', async () => {
    const bench = await openBench();
    await addSchedule(bench);
    bench.fate = (_, path) => {
      const isFirst = path.endsWith('create_image') && creations(bench).length === 1;
      return isFirst ? { late: 10 * 60_000 } : {};
    };
    await bench.pass(6 * hour);
    expect(images(bench)).toHaveLength(2);
    const rows = await bench.store.db.selectFrom('images').select('state').orderBy('state').execute();
    expect(rows).toEqual([{ state: 'duplicate' }, { state: 'good' }]);
    expect(await events(bench, 'backup.duplicate')).toHaveLength(1);
  });

  it('12: of several due times that were missed one is caught up inside the window, and none after it', async () => {
    const bench = await afterNights(1);
    await bench.clock.advance(3 * day + 4 * hour);
    await bench.restart();
    await bench.pass(hour);
    expect(creations(bench)).toHaveLength(2);
    await bench.clock.advance(2 * day + 12 * hour);
    await bench.restart();
    await bench.pass(hour);
    expect(creations(bench)).toHaveLength(2);
    expect(await events(bench, 'backup.missed')).toHaveLength(1);
    const missed = await bench.store.db.selectFrom('runs').select('reason').where('state', '=', 'missed').execute();
    expect(missed).toEqual([{ reason: 'the daemon was not running within the window' }]);
  });

  it('13: a server has one backup at a time; a locked one is waited for, and others go on', async () => {
    const bench = await openBench();
    bench.project.addServer('web-2');
    const [web1] = [...bench.project.servers.values()];
    web1!.locked = true;
    await addSchedule(bench, { ...nightly, servers: ['web-1', 'web-2'] });
    await addSchedule(bench, { ...nightly, servers: ['web-2'] }, 'again');
    await bench.pass(3 * hour + 30 * 60_000);
    const states = async () => {
      const rows = await bench.store.db
        .selectFrom('runs')
        .select(['server_name', 'state'])
        .orderBy('server_id')
        .execute();
      return rows.map(({ server_name, state }) => `${server_name} ${state}`);
    };
    expect(await states()).toEqual(['web-1 running', 'web-2 done', 'web-2 done']);
    await bench.pass(6 * hour);
    expect(await states()).toContain('web-1 failed');
    expect(await events(bench, 'backup.failed')).toEqual([
      expect.objectContaining({ reason: expect.stringMatching(/locked/) }),
    ]);
  });

  it('14: without room for one more snapshot nothing is deleted to make it', async () => {
    const bench = await afterNights(3, { ...quick, keep: { last: 9 } }, { settings: { snapshotLimit: 3 } });
    const before = ids(bench);
    await bench.pass(2 * day);
    expect(ids(bench)).toEqual(before);
    const failed = await events(bench, 'backup.failed');
    expect(failed[0]).toMatchObject({ reason: expect.stringContaining('no room') });
  });

  it('14: what would cost more than is allowed is refused', async () => {
    const bench = await afterNights(3, { ...quick, keep: { last: 9 }, maxMonthlyCost: 0.01 });
    expect(creations(bench)).toEqual([]);
    expect(await refusals(bench, 'backup.create')).toHaveLength(3);
  });

  it('15: after the clock was turned nothing is deleted for a period, and backups go on', async () => {
    const bench = await afterNights(3, { ...quick, keep: { last: 2 } });
    const before = deletions(bench).length;
    await bench.daemon.backups.tick(0);
    await bench.clock.advance(hour);
    // An hour of the wall, a minute of the timer.
    await bench.daemon.backups.tick(60_000);
    await bench.pass(22 * hour);
    expect(creations(bench)).toHaveLength(4);
    expect(deletions(bench)).toHaveLength(before);
    await bench.pass(2 * day);
    expect(images(bench)).toHaveLength(2);
  });

  it('16: a server that is stopped is started again after a kill at once after the stop', async () => {
    let killed = false;
    const bench = await openBench({}, (point, process) => {
      if (killed || !point.startsWith('call after POST') || !point.endsWith('shutdown')) return;
      killed = true;
      process.kill();
    });
    await addSchedule(bench, { ...nightly, shutdown: true });
    await expect(bench.pass(5 * hour)).rejects.toThrow('killed');
    const [server] = [...bench.project.servers.values()];
    await bench.clock.advance(60_000);
    bench.project.settle();
    expect(server!.status).toBe('off');
    await bench.restart();
    await bench.pass(hour);
    expect(server!.status).toBe('running');
  });

  it('17: attached volumes, which no image holds, are named at each run', async () => {
    const bench = await openBench();
    const [server] = [...bench.project.servers.values()];
    server!.volumes = [7];
    await addSchedule(bench);
    await bench.pass(2 * day);
    const told = await events(bench, 'backup.volumes');
    expect(told).toHaveLength(2);
    expect(told[0]).toMatchObject({ volumes: [7] });
  });

  it('18: with a token that may only read it goes on watching, and says that it cannot back up', async () => {
    const bench = await afterNights(2, { ...quick, keep: { last: 5 } });
    bench.project.readOnly = true;
    await bench.pass(2 * day);
    expect(images(bench)).toHaveLength(2);
    expect(await events(bench, 'backup.failed')).toEqual(
      Array(2).fill(expect.objectContaining({ reason: expect.stringContaining('token_readonly') })),
    );
    const states = (await scheduleService(bench.daemon.tools).list!(ask({}))) as { state: string }[];
    expect(states[0]!.state).toBe('stale');
  });

  it('20: every create and delete is entered before it is done, and every refusal with its reason', async () => {
    const bench = await openBench();
    const entered: string[] = [];
    bench.inspect = async (method, path) => {
      if (method === 'GET' || method === 'PUT') return;
      const last = await bench.store.db
        .selectFrom('audit')
        .select(['action', 'result'])
        .orderBy('seq', 'desc')
        .limit(1)
        .executeTakeFirst();
      entered.push(`${path.split('/').at(-1)!.replace(/^\d+$/, 'delete')}: ${last?.action} ${last?.result}`);
    };
    await addSchedule(bench, { ...quick, shutdown: true });
    await bench.pass(2 * day);
    expect([...new Set(entered)]).toEqual([
      'shutdown: server.shutdown begun',
      'create_image: backup.create begun',
      'poweron: server.poweron begun',
      'delete: backup.delete begun',
    ]);
    await freeze(bench.daemon.tools, 'ada', 'an incident');
    await bench.pass(2 * day);
    expect(deletions(bench)).toHaveLength(1);
    expect(await refusals(bench, 'backup.delete')).toContain('deletions are frozen');
  });
});
