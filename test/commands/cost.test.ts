import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Sandbox, startSandbox } from '../../src/sandbox/index.ts';
import { fakeClock } from '../helpers/clock.ts';
import { run } from '../helpers/run.ts';

const clock = fakeClock();
let sandbox: Sandbox;

beforeAll(async () => {
  sandbox = await startSandbox({ clock, seed: { servers: 10, volumes: 2, snapshots: 1 } });
});
afterAll(() => sandbox.stop());

const cloudctl = (line: string, options = {}) => run(sandbox, line, { clock, ...options });
const json = async (line: string) => JSON.parse((await cloudctl(line)).out);

describe('cloudctl cost', () => {
  it('shows what is billed, the total, and what idles', async () => {
    const { status, out, err } = await cloudctl('cost');
    expect(status).toBe(0);
    expect(out).toMatch(/^KIND +NAME +TYPE +LOCATION +NET +GROSS\n/);
    expect(out).toMatch(/server +web-0002 +cpx22 +hel1 +6\.49 +7\.72/);
    expect(out).toMatch(/\nTotal: [\d.]+ EUR net, [\d.]+ EUR gross\n/);
    expect(out).toMatch(/\nIdle, and costing [\d.]+ EUR gross a month all the same:\nKIND/);
    expect(out).toMatch(/web-0010 .* off, and costs as if it were on/);
    expect(err).toContain('An estimate from Hetzner');
    expect(err).toContain('rounded to cents');
  });

  it('gives the whole estimate as one object, nothing on standard error', async () => {
    const { out, err } = await cloudctl('cost -o json');
    const cost = JSON.parse(out);
    expect(Object.keys(cost)).toEqual([
      'currency',
      'vat_rate',
      'month',
      'estimate',
      'total',
      'lines',
      'idle',
      'traffic',
    ]);
    expect(cost.month).toBeNull();
    expect(cost.lines.find((line: { name: string }) => line.name === 'web-0002')).toMatchObject({
      kind: 'server',
      net: '6.49',
      gross: '7.7231',
    });
    expect(err).toBe('');
  });

  it('groups by type, location and label with sums that are the total', async () => {
    const { total } = await json('cost -o json');
    for (const by of ['type', 'location', 'label=env']) {
      const { groups } = await json(`cost --by ${by} -o json`);
      const sum = groups.reduce((all: number, { gross }: { gross: string }) => all + Number(gross), 0);
      expect(sum).toBeCloseTo(Number(total.gross), 8);
    }
    expect((await cloudctl('cost --by label=env')).out).toMatch(/production +\d+ +[\d.]+ +[\d.]+\n/);
  });

  it('writes exact sums as CSV, without the total', async () => {
    const { out } = await cloudctl('cost --by type -o csv');
    expect(out).toMatch(/^group,count,net,gross\n/);
    expect(out).toMatch(/^snapshot,1,0.0165,0.019635$/m);
    expect(out).not.toContain('Total');
  });

  it('reckons this month to its end', async () => {
    const cost = await json('cost --month now -o json');
    expect(cost.month).toBe('2026-11');
    expect(Number(cost.total.gross)).toBeLessThan(Number((await json('cost -o json')).total.gross));
    expect((await cloudctl('cost --month now')).err).toContain('this month to its end');
  });

  it('shows only what idles with --idle', async () => {
    const { idle, lines } = await json('cost --idle -o json');
    expect(lines).toBeUndefined();
    expect(idle.map(({ name }: { name: string }) => name)).toEqual(['web-0010', 'data-0002', 'data-0001']);
    expect((await cloudctl('cost --idle --columns name,reason')).out).toMatch(/^NAME +REASON\nweb-0010/);
    expect((await cloudctl('cost --idle --quiet')).err).toBe('');
  });

  it('tells of traffic beyond the quota, which is not in the total of a whole month', async () => {
    const other = await startSandbox({ clock, seed: { servers: 1 } });
    const [row] = other.state.servers.values();
    const prices = row!.server_type.prices.map(price => ({ ...price, included_traffic: 0 }));
    row!.server_type = { ...row!.server_type, prices };
    const { err } = await run(other, 'cost', { clock });
    expect(err).toMatch(/web-0001 has sent [\d.]+ GiB, 0 B are included: \d+\.\d\d EUR gross so far, not in the total/);
    const cost = JSON.parse((await run(other, 'cost --month now -o json', { clock })).out);
    expect(cost.lines.map(({ kind }: { kind: string }) => kind)).toContain('traffic');
    expect(cost.traffic[0]).toMatchObject({ name: 'web-0001', included: 0, outgoing: expect.any(Number) });
    await other.stop();
  });

  it('says what is not counted because its price is not known', async () => {
    const other = await startSandbox({ clock, seed: { servers: 1 } });
    const [row] = other.state.servers.values();
    row!.server_type = { ...row!.server_type, name: 'cx-unknown', prices: [] };
    const { out, err } = await run(other, 'cost', { clock });
    expect(err).toContain('No price or size is known, and nothing is counted, for server web-0001');
    expect(out).toMatch(/server +web-0001 +cx-unknown +\S+ +- +-/);
    await other.stop();
  });

  it('is about what an API has that does not have every resource', async () => {
    const missing = { kind: 'status', status: 404, code: 'not_found', path: '/load_balancers' } as const;
    sandbox.fault(missing);
    expect((await cloudctl('cost')).status).toBe(0);
    sandbox.fault({ ...missing, status: 403, code: 'forbidden' });
    expect((await cloudctl('cost')).status).toBe(4);
  });

  it('has the labels and the currency with -o wide, and names alone with -o name', async () => {
    expect((await cloudctl('cost -o wide')).out).toMatch(/web-0002 +\d+ +cpx22 +hel1 +env=production, .* EUR\n/);
    expect((await cloudctl('cost --by type -o wide')).out).toMatch(/^GROUP +COUNT +NET +GROSS +CURRENCY\n/);
    expect((await cloudctl('cost --by location -o name')).out).toMatch(/^(fsn1|nbg1|hel1)\n/);
    expect((await cloudctl('cost --idle -o id')).out).toMatch(/^\d+\n/);
  });

  it('refuses an unknown grouping', async () => {
    const { status, err } = await cloudctl('cost --by colour');
    expect([status, err]).toEqual([2, expect.stringContaining("'colour' is not one of")]);
  });
});

describe('cloudctl pricing list', () => {
  it('has a row a price, the currency and VAT beside it', async () => {
    const { status, out, err } = await cloudctl('pricing list --type server --location fsn1');
    expect(status).toBe(0);
    expect(out).toMatch(/server +cpx22 +fsn1 +0\.01235696 +6\.49 +7\.7231 +each/);
    expect(out).not.toContain('hel1');
    expect(err).toBe('Prices in EUR, VAT 19 %\n');
  });

  it('keeps what is the same everywhere, and has traffic only when asked', async () => {
    const all = await json('pricing list --location fsn1 -o json');
    const kinds = new Set(all.map(({ resource }: { resource: string }) => resource));
    expect([...kinds]).toEqual(['server', 'primary-ip', 'floating-ip', 'volume', 'image', 'backup']);
    expect((await json('pricing list --type traffic -o json')).length).toBeGreaterThan(0);
  });

  it('does not know other places', async () => {
    expect((await cloudctl('pricing list --location moon')).status).toBe(5);
  });
});
