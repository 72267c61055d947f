import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Sandbox, startSandbox } from '../../src/sandbox/index.ts';
import { fakeClock } from '../helpers/clock.ts';
import { run } from '../helpers/run.ts';

const clock = fakeClock(Date.now());
let sandbox: Sandbox;
beforeEach(async () => {
  sandbox = await startSandbox({ clock, seed: { servers: 4 }, rateLimit: 1e9 });
});
afterEach(() => sandbox.stop());

const changes = () =>
  sandbox.requests.filter(({ method }) => method !== 'GET').map(({ method, path }) => `${method} ${path}`);
const cloudctl = (line: string, tty = false) => run(sandbox, line, { clock, tty });

describe('a verb for several targets', () => {
  it('tries all, tells of each, and ends with 3 when some failed', async () => {
    const { status, out, err } = await cloudctl('server reboot web-0001 nope web-0002');
    expect(status).toBe(3);
    expect(out).toMatch(/web-0001 +\d+ +done/);
    expect(out).toMatch(/nope +- +failed +server not found: nope/);
    expect(out).toMatch(/web-0002 +\d+ +done/);
    expect(err).toContain('reboot failed for 1 of 3 servers');
  });

  it('ends with the common status when all failed alike', async () => {
    expect((await cloudctl('server reboot nope neither')).status).toBe(5);
  });

  it('gives an array for a pattern, whatever it matched', async () => {
    const { out } = await cloudctl("server reboot 'web-0001*' -o json");
    expect(JSON.parse(out)).toMatchObject([{ target: 'web-0001', ok: true }]);
    expect(JSON.parse((await cloudctl("server reboot 'none-*' -o json")).out)).toEqual([]);
  });

  it('takes a selector, and operands with it', async () => {
    const { status, out } = await cloudctl('server add-label -l env=staging tier=2 --output json');
    expect(status).toBe(0);
    expect(JSON.parse(out)).toMatchObject([{ target: 'web-0004', server: { labels: { tier: '2' } } }]);
  });

  it('sends nothing with --dry-run, and waits for nothing', async () => {
    const { status, out } = await cloudctl('server shutdown --all --wait --dry-run');
    expect(status).toBe(0);
    expect(out.match(/would send POST servers\/\d+\/actions\/shutdown/g)).toHaveLength(4);
    expect(changes()).toEqual([]);
  });

  it('says with --no-wait which actions go on', async () => {
    const { status, out } = await cloudctl('server reboot web-0001 --no-wait');
    expect(status).toBe(0);
    expect(out).toMatch(/^web-0001: reboot_server is running \(action \d+\)\n$/);
  });

  it('never takes remove-label --all for every server', async () => {
    const { status } = await cloudctl('server remove-label --all');
    expect(status).toBe(2);
    expect(changes()).toEqual([]);
  });

  it('asks for a target, and does nothing without one', async () => {
    expect(await cloudctl('server poweroff')).toMatchObject({
      status: 2,
      err: expect.stringContaining('missing <server>'),
    });
  });

  it('is silent with --quiet', async () => {
    expect(await cloudctl('server reboot web-0001 --quiet')).toEqual({ status: 0, out: '', err: '' });
  });

  it('knows that a query is wrong before it sends anything', async () => {
    expect((await cloudctl("server reboot web-0001 --query 'a b c ['")).status).toBe(2);
    expect(changes()).toEqual([]);
  });
});

describe('typing it wrongly', () => {
  it.each([
    ['serverr list', /unknown command 'serverr'.*cloudctl server/s],
    ['server lsit', /unknown verb 'lsit'.*cloudctl server list/s],
    ['server list --selecter a', /unknown option '--selecter'.*--selector/s],
    ['server list -l a=b=c', /--selector: 'a=b=c' is not a label selector/],
    ['server list -o jsn', /jsn/],
    ['server list extra', /unexpected argument 'extra'/],
    ['server list --http-timeout 5x', /--http-timeout: '5x' is not a duration/],
    ['server list --sort nope', /no column 'nope'/],
    ['volume create --name d --size ten --location fsn1', /--size: 'ten' is not a whole number/],
    ['volume create --name d --size 10', /--server or --location/],
    ['--nope', /unknown option '--nope'/],
    ['help nope', /unknown command 'nope'/],
  ])('%s: status 2, and what is meant', async (line, message) => {
    const { status, out, err } = await cloudctl(line);
    expect({ status, out }).toEqual({ status: 2, out: '' });
    expect(err).toMatch(message);
  });

  it('is one JSON object under -o json', async () => {
    const { err } = await cloudctl('server lsit -o json');
    expect(JSON.parse(err)).toMatchObject({ error: { code: 'usage', exit: 2 } });
  });
});
