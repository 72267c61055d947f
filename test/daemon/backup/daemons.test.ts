import { describe, expect, it } from 'vitest';
import { Failure } from '../../../src/core/failure.ts';
import { startBackups } from '../../../src/daemon/backup/index.ts';
import { fakeClock } from '../../helpers/clock.ts';
import { stores } from '../../helpers/stores.ts';
import { startDaemon } from '../simulate/daemon.ts';
import { addSchedule, day, hour, nightly, openBench } from './bench.ts';

describe.each(stores)('backups on $name', ({ open }) => {
  it('are made and pruned, with the server stopped for them', async () => {
    const store = await open();
    const bench = await openBench({ store });
    await addSchedule(bench, { ...nightly, shutdown: true, keep: { last: 1 }, grace: hour });
    await bench.pass(3 * day);
    const rows = await store.db.selectFrom('images').select('state').orderBy('created').execute();
    expect(rows).toEqual([{ state: 'deleted' }, { state: 'deleted' }, { state: 'good' }]);
    expect(bench.project.images.size).toBe(1);
    await store.close();
  }, 30_000);

  it('are made once when several daemons find them due', async () => {
    const store = await open();
    const bench = await openBench({ store });
    bench.project.addServer('web-2');
    await addSchedule(bench, { ...nightly, servers: ['web-1', 'web-2'], shutdown: true });
    const daemons = await Promise.all(
      ['one', 'two', 'three'].map(async worker => {
        const { clock, project } = bench;
        return startDaemon({ store: await store.another(), hetzner: project, clock, worker, shared: true });
      }),
    );
    await bench.clock.advance(3 * hour);
    for (let round = 0; round < 60; round += 1) {
      await Promise.all(daemons.map(daemon => daemon.turn()));
      await bench.clock.advance(15_000);
    }
    expect(bench.calls.filter(call => call.endsWith('create_image'))).toHaveLength(2);
    expect(bench.project.images.size).toBe(2);
    expect([...bench.project.servers.values()].map(({ status }) => status)).toEqual(['running', 'running']);
    await store.close();
  }, 30_000);
});

describe('the loop of a daemon', () => {
  it('ticks when something is due, and goes on when a tick fails', async () => {
    const bench = await openBench();
    await addSchedule(bench);
    const clock = fakeClock(bench.clock.now() + 2 * hour);
    const stopping = new AbortController();
    const errors: string[] = [];
    const log = { ...bench.daemon.tools.log, error: (message: string) => errors.push(message) };
    let fails = 3;
    const store = {
      ...bench.store,
      commit: (steps: Parameters<typeof bench.store.commit>[0]) => {
        if (fails-- > 0) throw new Failure('unreachable', 'the database is gone');
        return bench.store.commit(steps);
      },
    };
    const backups = startBackups({ ...bench.daemon.tools, store, clock, log, signal: stopping.signal });
    const run = () => bench.store.db.selectFrom('runs').select(['due', 'state']).executeTakeFirst();
    while (!(await run())) await new Promise(setImmediate);
    await backups.stop();
    // An outage is told once.
    expect(errors).toEqual(['tick failed']);
    const { due } = (await run())!;
    // Not half a minute after it, and never before.
    expect(clock.now() - due).toBeLessThan(31_000);
    expect(Math.max(...clock.slept)).toBeLessThanOrEqual(30_000);
  });

  it('begins a due time at the tick after Hetzner answers again, as long as the window is open', async () => {
    const bench = await openBench();
    await addSchedule(bench);
    const gone = new Failure('unreachable', 'no connection');
    bench.fate = () => ({ before: gone });
    await bench.pass(5 * hour);
    bench.fate = () => ({});
    await bench.pass(hour);
    expect(bench.project.images.size).toBe(1);
    bench.fate = () => ({ before: gone });
    await bench.pass(day + 4 * hour);
    bench.fate = () => ({});
    await bench.pass(hour);
    expect(bench.project.images.size).toBe(1);
    const missed = await bench.store.db
      .selectFrom('runs')
      .select(['server_name', 'reason'])
      .where('state', '=', 'missed')
      .execute();
    expect(missed).toEqual([
      { server_name: 'web-1', reason: 'Hetzner did not answer within the window: no connection' },
    ]);
  });

  it('takes up again what waits for a far time when the clock is set back', async () => {
    const bench = await openBench();
    await addSchedule(bench, { ...nightly, shutdown: true });
    await bench.pass(2 * hour);
    // A year ahead, with a server off and its image under way, and back.
    let offset = 0;
    const clock = { ...bench.clock, now: () => bench.clock.now() + offset };
    const daemon = await startDaemon({ store: bench.store, hetzner: bench.project, clock });
    const live = async (ms: number) => {
      for (let passed = 0; passed < ms; passed += 10_000) {
        await bench.clock.advance(10_000);
        await daemon.turn(bench.clock.now());
      }
    };
    await live(hour + 30_000);
    expect([...bench.project.servers.values()][0]!.status).toBe('off');
    offset = 365 * day;
    await live(30_000);
    offset = 0;
    await live(hour);
    expect([...bench.project.servers.values()][0]!.status).toBe('running');
    const { next_due } = await bench.store.db.selectFrom('schedules').select('next_due').executeTakeFirstOrThrow();
    expect(next_due).toBeLessThan(bench.clock.now() + day);
    await live(day);
    expect(bench.project.images.size).toBeGreaterThanOrEqual(2);
    // What was run for by the wrong clock comes in its own time as well.
    const ahead = bench.store.db
      .selectFrom('runs')
      .select('id')
      .where('due', '>', bench.clock.now() + 2 * day);
    expect(await ahead.execute()).toEqual([]);
  });
});
