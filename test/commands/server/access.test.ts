import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Sandbox, startSandbox } from '../../../src/sandbox/index.ts';
import { fakeClock } from '../../helpers/clock.ts';
import { run } from '../../helpers/run.ts';

const clock = fakeClock();
let sandbox: Sandbox;

beforeEach(async () => {
  sandbox = await startSandbox({ clock, seed: { servers: 10 } });
});
afterEach(() => sandbox.stop());

const cloudctl = (line: string) => run(sandbox, line, { clock });

describe('cloudctl server ip', () => {
  it('prints one address and nothing else', async () => {
    expect((await cloudctl('server ip web-0001')).out).toMatch(/^198\.18\.\d+\.\d+\n$/);
    expect((await cloudctl('server ip -6 web-0001')).out).toMatch(/^2001:db8:.*::1\n$/);
    expect(JSON.parse((await cloudctl('server ip web-0001 -o json')).out)).toEqual({ ip: expect.any(String) });
  });

  it('fails with 5 when there is no such server or address', async () => {
    expect((await cloudctl('server ip nope')).status).toBe(5);
    const [row] = sandbox.state.servers.values();
    row!.ipv4 = null;
    const { status, out, err } = await cloudctl('server ip web-0001');
    expect([status, out, err]).toEqual([5, '', expect.stringContaining('Add --ipv6')]);
  });
});

describe('the console of a server', () => {
  it('is an address and a password, as hcloud prints them', async () => {
    const { status, out } = await cloudctl('server request-console web-0001');
    expect(status).toBe(0);
    expect(out).toMatch(/^WebSocket URL: wss:\/\/\S+\nVNC password: {2}\S+\n$/);
  });

  it('is an object under -o json, without a word on standard error', async () => {
    for (const verb of ['request-console', 'console']) {
      const { out, err } = await cloudctl(`server ${verb} web-0001 -o json`);
      expect(JSON.parse(out)).toEqual({ wss_url: expect.stringMatching(/^wss:/), password: expect.any(String) });
      expect(err).toBe('');
    }
  });

  it('comes with a word on how to open it', async () => {
    const { out, err } = await cloudctl('server console web-0001');
    expect(out).toContain('wss://');
    expect(err).toContain('one minute');
    expect((await cloudctl('server console web-0001 --quiet')).err).toBe('');
  });

  it('is not asked for with --dry-run', async () => {
    const { out } = await cloudctl('server console web-0001 --dry-run');
    expect(out).toMatch(/would send POST servers\/\d+\/actions\/request_console/);
    expect(sandbox.requests.filter(({ method }) => method === 'POST')).toEqual([]);
  });

  it('is refused for a server that is off, and fails with its action', async () => {
    expect((await cloudctl('server console web-0010')).status).toBe(6);
    sandbox.fault({ kind: 'fail', method: 'POST', path: '/servers', message: 'no console' });
    const { status, out, err } = await cloudctl('server console web-0001');
    expect([status, out, err]).toEqual([6, '', expect.stringContaining('no console')]);
  });
});
