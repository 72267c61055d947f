import { describe, expect, it } from 'vitest';
import { Failure } from '../../../src/core/failure.ts';
import { scheduleService } from '../../../src/daemon/backup/service/schedules.ts';
import { freeze } from '../../../src/daemon/frozen.ts';
import { addSchedule, day, hour, nightly, openBench } from './bench.ts';
import { afterNights, ask, creations, deletions, events, ids, images, quick, refusals } from './nights.ts';

/** A daemon that was killed when it had told a server to stop; a minute later. */
async function killedAfterStop() {
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
  return { bench, server: server! };
}

describe('the safety rules about making', () => {
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

  it('15: a due time that was run for while the clock was days ahead is run for again in its own time', async () => {
    const bench = await afterNights(2);
    await bench.clock.advance(10 * day);
    await bench.pass(day);
    await bench.clock.advance(-11 * day);
    await bench.restart();
    await bench.pass(13 * day);
    const runs = await bench.store.db.selectFrom('runs').select(['due', 'state', 'reason']).orderBy('due').execute();
    expect(runs.filter(({ state }) => state === 'failed')).toEqual([]);
    const ahead = Date.parse('2026-12-05T03:00:00Z');
    for (const due of [ahead, ahead + day]) expect(runs).toContainEqual({ due, state: 'done', reason: null });
  });

  it('16: a server that is stopped is started again after a kill at once after the stop', async () => {
    const { bench, server } = await killedAfterStop();
    expect(server.status).toBe('off');
    await bench.restart();
    await bench.pass(hour);
    expect(server.status).toBe('running');
  });

  it('16: a server that is locked while it runs is not taken for one that stays on', async () => {
    const { bench, server } = await killedAfterStop();
    // As if it were stopping still, long after every wait for it is over.
    Object.assign(server, { status: 'running', locked: true });
    await bench.restart();
    await bench.pass(6 * hour);
    Object.assign(server, { status: 'off', locked: false });
    await bench.pass(hour);
    expect(server.status).toBe('running');
  });

  it('16: a server that does not shut down by itself is switched off after two minutes, and started again', async () => {
    const bench = await openBench();
    await addSchedule(bench, { ...nightly, shutdown: true });
    const ignored = new Failure('timeout', 'no answer', { ambiguous: true });
    const times: number[] = [];
    bench.fate = (_, path) => {
      if (/(shutdown|poweroff)$/.test(path)) times.push(bench.clock.now());
      return path.endsWith('shutdown') ? { before: ignored } : {};
    };
    await bench.pass(5 * hour);
    expect(bench.calls.map(call => call.split('/').at(-1))).toEqual([
      'shutdown',
      'poweroff',
      'create_image',
      'poweron',
    ]);
    const [asked, switched] = times as [number, number];
    expect(switched - asked).toBeGreaterThan(120_000);
    expect(switched - asked).toBeLessThan(160_000);
    expect([...bench.project.servers.values()][0]!.status).toBe('running');
  });

  it('16: a server that cannot be switched off is told again each minute or so, and after ten there is no image', async () => {
    const bench = await openBench();
    await addSchedule(bench, { ...nightly, shutdown: true });
    const ignored = new Failure('timeout', 'no answer', { ambiguous: true });
    bench.fate = (_, path) => (/(shutdown|poweroff)$/.test(path) ? { before: ignored } : {});
    await bench.pass(5 * hour);
    const told = bench.calls.filter(call => call.endsWith('poweroff'));
    expect(told.length).toBeGreaterThanOrEqual(4);
    expect(told.length).toBeLessThanOrEqual(8);
    expect(creations(bench)).toEqual([]);
    const runs = await bench.store.db.selectFrom('runs').select(['state', 'reason']).execute();
    expect(runs).toEqual([{ state: 'failed', reason: 'the server would not stop' }]);
  });

  it('a look at an image that is being made changes nothing of its run', async () => {
    const bench = await openBench();
    bench.imaging = () => ({ takes: 10 * 60_000, end: 'good' });
    await addSchedule(bench);
    await bench.pass(3 * hour + 60_000);
    const before = await bench.store.db.selectFrom('runs').selectAll().executeTakeFirstOrThrow();
    expect(before.step).toBe('wait');
    await bench.pass(5 * 60_000);
    expect(await bench.store.db.selectFrom('runs').selectAll().executeTakeFirstOrThrow()).toEqual(before);
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
    await freeze(bench.daemon.tools, 'ada');
    await bench.pass(2 * day);
    expect(deletions(bench)).toHaveLength(1);
    expect(await refusals(bench, 'backup.delete')).toContain('deletions are frozen');
  });
});
