import { describe, expect, it } from 'vitest';
import { day, hour, minute } from '../../../src/core/samples/levels.ts';
import { sampleService } from '../../../src/daemon/metrics/service.ts';
import { startSandbox } from '../../../src/sandbox/index.ts';
import { run } from '../../helpers/run.ts';
import { listenOnSocket, openApi } from '../api/served.ts';
import { openFleet, valueAt } from './fake-hetzner.ts';

async function openServed(count: number, passed: number) {
  const fleet = await openFleet(count);
  await fleet.run(passed);
  const service = sampleService({ samples: fleet.samples, servers: () => fleet.poller.servers(), clock: fleet.clock });
  return { fleet, ...(await openApi({ clock: fleet.clock, services: { sample: service } })) };
}

describe('samples over the API', () => {
  it('are a row for each server, with its last hour and how old the newest is', async () => {
    const { ask } = await openServed(3, 2 * hour);
    const { status, body } = await ask('GET', '/cloudctl/v1/samples?metric=cpu&per_page=2&sort=id:desc');
    expect(status).toBe(200);
    expect(body.samples.map(({ id }: { id: number }) => id)).toEqual([3, 2]);
    expect(body.meta.pagination.total_entries).toBe(3);
    const [row] = body.samples;
    expect(row).toMatchObject({ name: 'web-3', status: 'running', behind: false, newest: expect.any(String) });
    expect(row.lag).toBeLessThan(5 * minute);
    expect(row.series.cpu.recent).toHaveLength(30);
    expect(row.series.cpu.recent.filter((value: unknown) => value !== null).length).toBeGreaterThan(26);
  });

  it("are told in the shape of Hetzner's metrics, with a step that suits the range", async () => {
    const { ask, fleet } = await openServed(1, 3 * day);
    const now = fleet.clock.now();
    const history = async (query: string) => (await ask('GET', `/cloudctl/v1/samples/1/history${query}`)).body;
    const { metrics } = await history('');
    expect(metrics).toMatchObject({ step: 300, server: 'web-1', complete: true });
    const { values, min, max } = metrics.time_series.cpu;
    expect([values.length, min.length, max.length]).toEqual([values.length, values.length, values.length]);
    const [at, value] = values[5];
    const own = [0, 1, 2, 3, 4].map(index => valueAt(1, at * 1000 + index * minute));
    expect(Number(value)).toBeCloseTo(own.reduce((sum, one) => sum + one) / 5, 4);
    expect([Number(min[5]), Number(max[5])]).toEqual([Math.min(...own), Math.max(...own)]);
    const start = new Date(now - hour).toISOString();
    const fine = await history(`?start=${start}&step=60&metric=cpu`);
    expect(fine.metrics.time_series.cpu.values.length).toBeGreaterThan(54);
  });

  it('are refused where what is asked for makes no sense', async () => {
    const { ask } = await openServed(1, hour);
    const status = async (path: string) => (await ask('GET', `/cloudctl/v1/samples/${path}`)).status;
    expect(await status('9/history')).toBe(404);
    expect(await status('1/history?start=2026-11-20T01:00:00Z&end=2026-11-20T00:00:00Z')).toBe(422);
    expect(await status('1/history?step=0')).toBe(422);
    expect(await status('1/history?step=1')).toBe(422);
    expect(await status('1/history?start=yesterday')).toBe(422);
    expect(await status('1/history?nonsense=1')).toBe(422);
  });
});

describe('cloudctl server metrics with a daemon', () => {
  it("shows the daemon's history and says so, also of times that Hetzner has forgotten", async () => {
    const { app, fleet, clock } = await openServed(1, 3 * hour);
    const sandbox = await startSandbox({ clock, seed: { servers: 1 } });
    try {
      const { socket } = await listenOnSocket(app);
      const cloudctl = (line: string) => run(sandbox, `${line} --daemon unix://${socket}`, { clock });
      const asked = () => sandbox.requests.filter(({ path }) => path.includes('/metrics')).length;
      const { servers } = JSON.parse((await run(sandbox, 'api GET servers', { clock })).out);
      const [{ id, name }] = servers;
      const fleetRow = { ...fleet.poller.servers()![0]!, id, name };
      fleet.samples.write(id, new Map([['cpu', fleet.samples.samples(1, 'cpu', { start: 0, end: clock.now() })]]), {
        until: clock.now(),
        gaps: [],
      });
      fleet.poller.servers = () => [fleetRow];
      const shown = await cloudctl(`server metrics ${name} --since 2h --type cpu`);
      expect(shown).toMatchObject({ status: 0, err: "cloudctl: shown from the daemon's history\n" });
      expect(shown.out).toMatch(new RegExp(`${name} +cpu`));
      expect(asked()).toBe(0);
      expect((await cloudctl(`server metrics ${name} --since 90d --type cpu`)).status).toBe(0);
      expect(asked()).toBe(0);
      fleet.poller.servers = () => [{ ...fleetRow, name: 'of-another-project' }];
      expect((await cloudctl(`server metrics ${name} --since 2h`)).err).toBe('');
      expect(asked()).toBe(1);
      expect((await cloudctl(`server metrics ${name} --since 90d`)).err).toMatch('kept for 30 days');
    } finally {
      await sandbox.stop();
    }
  });
});
