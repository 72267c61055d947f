import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { readQuery } from '../../../src/commands/server/metrics-query.ts';
import { readMetrics } from '../../../src/commands/server/metrics-read.ts';
import { type Sandbox, startSandbox } from '../../../src/sandbox/index.ts';
import { fakeClock } from '../../helpers/clock.ts';
import { run, temporaryHome } from '../../helpers/run.ts';

const clock = fakeClock();
let sandbox: Sandbox;

beforeAll(async () => {
  sandbox = await startSandbox({ clock, seed: { servers: 3 } });
});
afterAll(() => sandbox.stop());
beforeEach(() => sandbox.reset());

const cloudctl = (line: string, options = {}) => run(sandbox, line, { clock, ...options });
const asked = () => sandbox.requests.filter(({ path }) => path.includes('/metrics')).map(({ path }) => path);

describe('cloudctl server metrics', () => {
  it('asks Hetzner while the daemon that is configured does not run, and fails where one was asked for by hand', async () => {
    const nowhere = `unix://${temporaryHome()}/cloudctl.sock`;
    const configured = await cloudctl('server metrics web-0001', { env: { CLOUDCTL_DAEMON: nowhere } });
    expect(configured).toMatchObject({ status: 0, err: '' });
    expect(asked()).toHaveLength(1);
    expect(await cloudctl(`server metrics web-0001 --daemon ${nowhere}`)).toMatchObject({
      status: 8,
      err: expect.stringContaining('no daemon is running'),
    });
  });

  it('shows all series of the last day as rows in a pipe', async () => {
    const { status, out } = await cloudctl('server metrics web-0001');
    expect(status).toBe(0);
    expect(out).toMatch(/^SERVER +SERIES +MIN +AVG +MAX +LAST +SAMPLES\n/);
    expect(out).toMatch(/web-0001 +cpu +[\d.]+ % /);
    expect(out).toMatch(/network\.0\.bandwidth\.in +[\d.]+ [KMG]?i?B\/s/);
    expect(out.trimEnd().split('\n')).toHaveLength(10);
    const query = new URLSearchParams(asked()[0]!.split('?')[1]);
    expect(query.getAll('type')).toEqual(['cpu', 'disk', 'network']);
    expect([query.get('start'), query.get('end'), query.get('step')]).toEqual([
      '2026-11-22T08:00:00Z',
      '2026-11-23T08:00:00Z',
      null,
    ]);
  });

  it('draws them on a terminal, no line longer than it is wide', async () => {
    const { out } = await cloudctl('server metrics web-0001 --type cpu', { tty: true, columns: 60 });
    const lines = out.trimEnd().split('\n');
    expect(lines[0]).toBe('web-0001  cpu of 4 cores');
    expect(lines[1]).toMatch(/^\d+ % ┤[\u2800-\u28ff]+$/);
    expect(lines[4]).toMatch(/^ *0 % ┤[\u2800-\u28ff]+$/);
    expect(lines[5]).toMatch(/2026-11-22 08:00 +2026-11-23 08:00 UTC$/);
    expect(lines[6]).toMatch(/^ {2}min \S+ % {3}avg \S+ % {3}max \S+ % {3}last \S+ %$/);
    expect(Math.max(...lines.map(line => line.length))).toBeLessThanOrEqual(60);
    expect((await cloudctl('server metrics web-0001 --type cpu', { tty: true, env: { TERM: 'dumb' } })).out).toMatch(
      /^SERVER/,
    );
  });

  it("gives the API's own object under -o json, and one for each of several", async () => {
    const one = JSON.parse((await cloudctl('server metrics web-0001 --type cpu -o json')).out);
    expect(Object.keys(one.metrics)).toEqual(['start', 'end', 'step', 'time_series']);
    expect(one.metrics.time_series.cpu.values[0]).toEqual([expect.any(Number), expect.any(String)]);
    const { status, out } = await cloudctl('server metrics web-0001 nope -o json');
    expect(status).toBe(3);
    expect(JSON.parse(out).map(({ ok, metrics }: { ok: boolean; metrics?: object }) => [ok, Boolean(metrics)])).toEqual(
      [
        [true, true],
        [false, false],
      ],
    );
  });

  it('asks in parts where the step makes more samples than an answer holds', async () => {
    const { out } = await cloudctl('server metrics web-0001 --type cpu --since 24h --step 60 -o json');
    const { values } = JSON.parse(out).metrics.time_series.cpu;
    expect(values).toHaveLength(1440);
    expect(new Set(values.map(([time]: [number]) => time)).size).toBe(1440);
    expect(asked()).toHaveLength(3);
    expect(asked().every(path => path.includes('step=60'))).toBe(true);
  });

  it('shows several servers, as CSV with plain numbers', async () => {
    const { out } = await cloudctl("server metrics 'web-*' --type cpu --since 1h -o csv");
    const [head, ...rows] = out.trimEnd().split('\n');
    expect(head).toBe('server,id,series,unit,min,avg,max,last,samples');
    expect(rows).toHaveLength(3);
    expect(rows[0]).toMatch(/^web-0001,\d+,cpu,%,[\d.]+,[\d.]+,[\d.]+,[\d.]+,\d+$/);
  });

  it('says on standard error what failed beside charts and rows', async () => {
    sandbox.fault({
      kind: 'status',
      status: 422,
      code: 'service_error',
      message: 'no metrics',
      path: '/servers/*/metrics',
    });
    const { status, err } = await cloudctl('server metrics web-0001 web-0002 --type cpu');
    expect([status, err]).toEqual([3, expect.stringMatching(/^web-000\d: no metrics\n/)]);
    sandbox.fault({
      kind: 'status',
      status: 422,
      code: 'service_error',
      message: 'no metrics',
      path: '/servers/*/metrics',
    });
    expect((await cloudctl('server metrics web-0001')).status).toBe(6);
  });

  it('has nothing to draw for a time without samples', async () => {
    const soon = '--start 2026-11-23T09:00:00Z --end 2026-11-23T10:00:00Z';
    const { status, out } = await cloudctl(`server metrics web-0001 --type cpu ${soon}`, { tty: true });
    expect([status, out]).toEqual([0, 'web-0001  cpu of 4 cores\n  no samples\n']);
    expect((await cloudctl(`server metrics web-0001 --type cpu ${soon}`)).out).toMatch(/cpu +- +- +- +- +0\n/);
  });

  it('needs a server', async () => expect((await cloudctl('server metrics')).status).toBe(2));
});

describe('the flags of metrics', () => {
  const now = Date.parse('2026-11-23T08:00:00Z');
  const hour = 3_600_000;

  it('mean a range and a step', () => {
    expect(readQuery({ since: hour, step: '5m' }, now)).toMatchObject({ start: now - hour, end: now, step: 300 });
    expect(readQuery({ start: '2026-11-22', end: '2026-11-22T02:00:00+01:00', type: ['cpu', 'cpu'] }, now)).toEqual({
      types: ['cpu'],
      start: Date.parse('2026-11-22T00:00:00Z'),
      end: Date.parse('2026-11-22T01:00:00Z'),
      step: undefined,
    });
  });

  it('may reach back 30 days to the second', () => {
    expect(readQuery({ since: 30 * 24 * hour }, now).start).toBe(now - 30 * 24 * hour);
  });

  it.each([
    [{ since: 31 * 24 * hour }, 'kept for 30 days'],
    [{ since: 0 }, 'end before they start'],
    [{ start: '2026-11-23', since: hour }, 'not both'],
    [{ start: '2026-11-23', end: '2026-11-22' }, 'end before they start'],
    [{ step: '0' }, 'whole number of seconds'],
    [{ step: '500ms' }, 'whole number of seconds'],
    [{ step: 'often' }, 'neither seconds nor a duration'],
  ])('cannot be %j', (flags, message) => expect(() => readQuery(flags, now)).toThrow(message));
});

describe('reading metrics', () => {
  it('does not take an answer without metrics for none', async () => {
    const api = { send: async <T>() => ({}) as T } as never;
    const query = { types: ['cpu'], start: 0, end: 1 };
    await expect(readMetrics(api, 42, query)).rejects.toThrow("metrics of server 42 has no 'metrics'");
  });
});
