import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Sandbox, startSandbox } from '../../src/sandbox/index.ts';
import { type FakeClock, fakeClock } from '../helpers/clock.ts';
import { run } from '../helpers/run.ts';

let clock: FakeClock;
let sandbox: Sandbox;

beforeEach(async () => {
  clock = fakeClock();
  sandbox = await startSandbox({ clock, seed: { servers: 2 }, actionDuration: 4000 });
});
afterEach(() => sandbox.stop());

const cloudctl = (line: string, options = {}) => run(sandbox, line, { clock, ...options });

describe('cloudctl activity', () => {
  it('shows what happened, newest first; what is deleted has its id', async () => {
    const [server] = sandbox.state.servers.values();
    await cloudctl('server reboot web-0002');
    await cloudctl('server delete web-0001 --yes');
    const lines = (await cloudctl('activity', { tty: true, columns: 200 })).out.split('\n');
    expect(lines[0]).toMatch(/^AGE +COMMAND +RESOURCES +STATUS +DURATION +ID$/);
    expect(lines[1]).toMatch(new RegExp(`^\\d+s +delete_server +server ${server!.id} `));
    expect(lines[2]).toMatch(/reboot_server +server web-0002/);
  });

  it('looks back as far as it is told', async () => {
    await cloudctl('server reboot web-0001');
    await clock.advance(2 * 3_600_000);
    expect(JSON.parse((await cloudctl('activity --since 1h -o json')).out)).toEqual([]);
    expect(JSON.parse((await cloudctl('activity --since 3h -o json')).out)).toHaveLength(1);
  });

  it('asks for one list when one resource is wanted', async () => {
    await cloudctl('activity --resource servers -o json');
    expect(sandbox.requests.map(({ path }) => path.split('?')[0])).toEqual(['/servers/actions']);
  });

  it('says when there is more', async () => {
    await cloudctl('server reboot web-0001 web-0002');
    expect((await cloudctl('activity --limit 1')).err).toContain('There is more');
    expect((await cloudctl('activity --limit 1 --quiet')).err).toBe('');
    expect((await cloudctl('activity --limit -1')).status).toBe(2);
  });
});

describe('cloudctl activity --follow', () => {
  it('writes a line for each change, oldest first, until time is up', async () => {
    await cloudctl('server reboot web-0001 --no-wait');
    const { status, out } = await cloudctl('activity --follow --timeout 60s');
    expect(status).toBe(0);
    expect(out.split('\n').slice(0, 2)).toEqual([
      expect.stringMatching(/^\S+Z {2}running {2}reboot_server {2}server web-0001$/),
      expect.stringMatching(/^\S+Z {2}success {2}reboot_server {2}server web-0001 {2}4s$/),
    ]);
  });

  it('writes one object a line under -o json', async () => {
    sandbox.fault({ kind: 'fail', method: 'POST', path: '/servers', message: 'no luck' });
    await cloudctl('server reboot web-0001 --no-wait');
    const { out } = await cloudctl('activity -f -o json --resource servers --timeout 30s');
    const lines = out
      .trimEnd()
      .split('\n')
      .map(line => JSON.parse(line));
    expect(lines.map(({ status }) => status)).toEqual(['running', 'error']);
  });

  it('leaves most of the requests of an hour to others', async () => {
    await cloudctl('activity --follow --timeout 1h');
    expect(sandbox.requests.length).toBeLessThan(1300);
  });

  it('ends with 130 and without a word when it is stopped', async () => {
    const stop = new AbortController();
    const sleep = async () => {
      stop.abort(new Error('stopped'));
      throw stop.signal.reason;
    };
    const stopping = { now: clock.now, sleep };
    const { status, err } = await cloudctl('activity --follow', { clock: stopping, signal: stop.signal });
    expect([status, err]).toEqual([130, '']);
  });

  it('does not do what it cannot write line by line', async () => {
    expect((await cloudctl('activity --follow --query [0]')).status).toBe(2);
    expect((await cloudctl('activity --follow -o csv')).status).toBe(2);
  });
});
