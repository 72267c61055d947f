import { createServer } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseCondition } from '../../../src/commands/server/wait-conditions.ts';
import { type Sandbox, startSandbox } from '../../../src/sandbox/index.ts';
import { type FakeClock, fakeClock } from '../../helpers/clock.ts';
import { run } from '../../helpers/run.ts';

let clock: FakeClock;
let sandbox: Sandbox;

beforeEach(async () => {
  clock = fakeClock();
  sandbox = await startSandbox({ clock, seed: { servers: 10 }, actionDuration: 20_000 });
});
afterEach(() => sandbox.stop());

const cloudctl = (line: string, options = {}) => run(sandbox, line, { clock, ...options });

describe('cloudctl server wait', () => {
  it('returns at once when all is as wanted', async () => {
    const { status, out, err } = await cloudctl('server wait web-0001');
    expect([status, out, err]).toEqual([0, 'web-0001: status=running\n', '']);
  });

  it('waits until servers are off, with one request a poll for all of them', async () => {
    await cloudctl('server poweroff web-0001 web-0002 web-0003 --no-wait');
    const before = sandbox.requests.length;
    const started = clock.now();
    const { status, out } = await cloudctl('server wait web-0001 web-0002 web-0003 --for status=off');
    expect(status).toBe(0);
    expect(out.match(/done/g)).toHaveLength(3);
    const polls = sandbox.requests.length - before;
    expect(polls).toBeLessThanOrEqual((clock.now() - started) / 1000 + 2);
    expect(sandbox.requests.slice(before).every(({ path }) => path.startsWith('/servers?'))).toBe(true);
  });

  it('waits until nothing is locked and no action runs', async () => {
    for (const condition of ['locked=false', 'action']) {
      await cloudctl('server reboot web-0001 web-0002 --no-wait');
      const started = clock.now();
      expect((await cloudctl(`server wait web-0001 --for ${condition}`)).status).toBe(0);
      expect(clock.now() - started).toBeGreaterThan(15_000);
      expect((await cloudctl(`server wait web-0001 web-0002 --for ${condition} -o json`)).status).toBe(0);
    }
  });

  it('waits until SSH answers', async () => {
    const server = createServer(socket => socket.write('SSH-2.0-test\r\n'));
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    for (const ip of sandbox.state.primary_ips.values()) if (ip.type === 'ipv4') ip.ip = '127.0.0.1';
    const { port } = server.address() as { port: number };
    expect((await cloudctl(`server wait web-0001 --for status=running --for ssh=${port}`)).status).toBe(0);
    server.close();
    const late = await cloudctl(`server wait web-0001 --for ssh=${port} --timeout 5s`);
    expect([late.status, late.err]).toEqual([
      8,
      expect.stringContaining(`is not ssh=${port} after 5s: status running`),
    ]);
  });

  it('tells a failing API from a server that is gone', async () => {
    for (const [path, condition] of [
      ['/servers/*/actions*', 'action'],
      ['/servers/*', 'status=off'],
    ]) {
      sandbox.fault({ kind: 'status', status: 403, code: 'forbidden', path });
      expect((await cloudctl(`server wait web-0001 --for ${condition}`)).status).toBe(4);
    }
  });

  it('gives up after 10 minutes and says how the server stands', async () => {
    const started = clock.now();
    const { status, err } = await cloudctl('server wait web-0001 --for status=off');
    expect(status).toBe(8);
    expect(err).toContain('server web-0001 is not status=off after 10m: status running');
    expect(clock.now() - started).toBeGreaterThan(590_000);
  });

  it('tells of each target, and fails with 3 when some did not come to it', async () => {
    const { status, out } = await cloudctl('server wait web-0001 web-0010 nope --timeout 3s -o json');
    expect(status).toBe(3);
    const results = JSON.parse(out);
    expect(results.map(({ ok, error }: { ok: boolean; error?: { code: string } }) => [ok, error?.code])).toEqual([
      [true, undefined],
      [false, 'timeout'],
      [false, 'not_found'],
    ]);
    expect(results[0].server.name).toBe('web-0001');
  });

  it('takes a selector or all, but not nothing', async () => {
    expect((await cloudctl('server wait -l env=production --timeout 1s -o id')).out.split('\n').length).toBeGreaterThan(
      3,
    );
    expect((await cloudctl('server wait --all --for locked=false')).status).toBe(0);
    expect((await cloudctl('server wait')).status).toBe(2);
  });

  it('fails when a server is deleted meanwhile', async () => {
    const deleting = {
      now: clock.now,
      sleep: async (ms: number) => {
        sandbox.state.servers.clear();
        return clock.sleep(ms);
      },
    };
    const { status, err } = await cloudctl('server wait web-0010', { clock: deleting });
    expect([status, err]).toEqual([5, expect.stringContaining('is gone')]);
  });
});

describe('a condition', () => {
  it.each([
    'status=of',
    'status=',
    'status',
    'locked',
    'locked=maybe',
    'ssh=0',
    'ssh=70000',
    'ssh=x',
    'action=1',
    'boot',
    'status=off=on',
  ])('is not %s', text => expect(() => parseCondition(text)).toThrow(expect.objectContaining({ code: 'usage' })));

  it('guesses what was meant', () => {
    expect(() => parseCondition('status=runing')).toThrow(
      expect.objectContaining({ hint: 'Did you mean status=running?' }),
    );
  });
});
