import { describe, expect, it } from 'vitest';
import { Failure } from '../../../src/core/failure.ts';
import type { Request } from '../../../src/daemon/api/service.ts';
import { backupService } from '../../../src/daemon/backup/service/backups.ts';
import { hostAdmin } from '../../../src/daemon/gateway/people/principal.ts';
import type { Killed } from '../simulate/crash.ts';
import { addSchedule, type Bench, day, hour, nightly, openBench } from './bench.ts';

const caller = { ...hostAdmin('anna@example.com'), requestId: 'r-1', address: 'socket' };

async function test(bench: Bench): Promise<void> {
  const [id] = [...bench.project.images.keys()];
  const request: Request = { caller, id, input: {}, query: {}, signal: new AbortController().signal };
  await backupService(bench.daemon.tools).verify!(request);
}

async function withImage(at?: Parameters<typeof openBench>[1]): Promise<Bench> {
  const bench = await openBench({}, at);
  await addSchedule(bench);
  await bench.pass(4 * hour);
  return bench;
}

const names = ({ project }: Bench) => [...project.servers.values()].map(({ name }) => name);

const outcome = ({ store }: Bench) =>
  store.db.selectFrom('runs').select(['state', 'reason']).where('kind', '=', 'verify').executeTakeFirstOrThrow();

describe('a restore test', () => {
  it('makes a server of the image, sees it run, deletes it and remembers when', async () => {
    const bench = await withImage();
    await test(bench);
    await bench.pass(hour);
    expect(names(bench)).toEqual(['web-1']);
    expect(bench.calls.slice(-2)).toEqual(['POST servers', expect.stringMatching(/^DELETE servers\/\d+$/)]);
    expect(await outcome(bench)).toEqual({ state: 'done', reason: null });
    const image = await bench.store.db.selectFrom('images').select('verified').executeTakeFirstOrThrow();
    expect(image.verified).toBeGreaterThan(bench.clock.now() - hour);
  });

  it('says what the server costs before it makes it, and takes the cheapest', async () => {
    const bench = await withImage();
    await test(bench);
    await bench.pass(hour);
    const begun = await bench.store.db
      .selectFrom('audit')
      .select('reason')
      .where('action', '=', 'backup.verify')
      .where('result', '=', 'begun')
      .execute();
    expect(begun.at(-1)!.reason).toMatch(/^a cx23 at fsn1, 0\.0060 an hour, from image \d+$/);
  });

  it('leaves no server behind when the answer is lost, lands late or the process is killed', async () => {
    const timeout = new Failure('timeout', 'no answer', { ambiguous: true });
    const fates: Bench['fate'][] = [
      (_, path) => (path === 'servers' && _ === 'POST' ? { after: timeout } : {}),
      (_, path) => (path === 'servers' && _ === 'POST' ? { late: 60_000 } : {}),
      (_, path) => (path === 'servers' && _ === 'POST' ? { late: 600_000 } : {}),
      method => (method === 'DELETE' ? { before: timeout } : {}),
    ];
    for (const fate of fates) {
      const bench = await withImage();
      bench.fate = fate;
      await test(bench);
      await bench.pass(30 * 60_000);
      bench.fate = () => ({});
      await bench.pass(3 * hour);
      expect(names(bench)).toEqual(['web-1']);
    }
  });

  it('leaves no server behind after a kill at any point', async () => {
    for (let at = 1; ; at += 1) {
      let count = 0;
      let counts = false;
      const bench = await withImage((_, process) => {
        if (counts && ++count === at) process.kill();
      });
      await test(bench);
      counts = true;
      await bench.pass(hour).catch(async (error: Killed) => {
        expect(error.name).toBe('Killed');
        await bench.clock.advance(60_000);
        await bench.restart();
        await bench.pass(3 * hour);
      });
      expect(names(bench)).toEqual(['web-1']);
      expect((await outcome(bench)).state).toBe('done');
      expect(bench.calls.filter(call => call === 'POST servers')).toHaveLength(1);
      await bench.store.close();
      if (count < at) break;
    }
  }, 60_000);

  it('fails when no type is in stock or the image is gone, and makes no server', async () => {
    const bench = await withImage();
    await test(bench);
    bench.project.images.clear();
    await bench.pass(hour);
    expect(await outcome(bench)).toEqual({ state: 'failed', reason: 'there is no image to restore' });
    expect(bench.calls).not.toContain('POST servers');
  });

  it('is made on its own schedule, of the server whose test is the longest ago', async () => {
    const bench = await openBench();
    bench.project.addServer('web-2');
    await addSchedule(bench, { ...nightly, servers: ['web-1', 'web-2'], verifyCron: '0 12 * * *' });
    await bench.store.db
      .updateTable('schedules')
      .set({ next_verify: bench.clock.now() + 12 * hour })
      .execute();
    await bench.pass(2 * day);
    const rows = await bench.store.db
      .selectFrom('runs')
      .select(['server_name', 'state'])
      .where('kind', '=', 'verify')
      .orderBy('due')
      .execute();
    expect(rows).toEqual([
      { server_name: 'web-1', state: 'done' },
      { server_name: 'web-2', state: 'done' },
    ]);
  });
});
