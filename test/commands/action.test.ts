import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Sandbox, startSandbox } from '../../src/sandbox/index.ts';
import { type FakeClock, fakeClock } from '../helpers/clock.ts';
import { run } from '../helpers/run.ts';

let clock: FakeClock;
let sandbox: Sandbox;

beforeEach(async () => {
  clock = fakeClock();
  sandbox = await startSandbox({ clock, seed: { servers: 3, volumes: 1 }, actionDuration: 4000 });
});
afterEach(() => sandbox.stop());

const cloudctl = (line: string, options = {}) => run(sandbox, line, { clock, ...options });
const json = async (line: string) => JSON.parse((await cloudctl(line)).out);
const start = async (line: string): Promise<number> => (await json(`${line} --no-wait -o json`)).actions[0].id;

describe('cloudctl action list', () => {
  it('lists the actions of all resources, newest first, with names', async () => {
    await cloudctl('server reboot web-0002');
    await clock.advance(1000);
    await cloudctl('volume attach data-0001 --server web-0001');
    const { status, out } = await cloudctl('action list');
    expect(status).toBe(0);
    expect(out.split('\n').slice(1, 3)).toEqual([
      expect.stringMatching(
        /attach_volume +(server web-0001, volume data-0001|volume data-0001, server web-0001) +success/,
      ),
      expect.stringMatching(/reboot_server +server web-0002 +success +100%/),
    ]);
  });

  it('is narrowed by state, resource, server and id', async () => {
    await cloudctl('server reboot web-0001');
    const running = await start('server reboot web-0002');
    const ids = async (flags: string) =>
      (await json(`action list ${flags} -o json`)).map(({ id }: { id: number }) => id);
    expect(await ids('--status running')).toEqual([running]);
    expect(await ids('--server web-0002')).toEqual([running]);
    expect(await ids(`--id ${running}`)).toEqual([running]);
    expect(await ids(`--id ${running} --status error`)).toEqual([]);
    expect(await ids('--resource volumes')).toEqual([]);
    expect(await ids('--resource server')).toHaveLength(2);
  });

  it('has every column with -o wide, why an action failed among them', async () => {
    sandbox.fault({ kind: 'fail', method: 'POST', path: '/servers', code: 'action_failed', message: 'host is down' });
    await cloudctl('server reboot web-0001');
    const [head, row] = (await cloudctl('action list -o wide')).out.split('\n');
    expect(head).toMatch(/^ID +COMMAND +STATUS +PROGRESS +STARTED +FINISHED +AGE +DURATION +RESOURCES +ERROR$/);
    expect(row).toMatch(/reboot_server +error +100% .* 4s +server web-0001 +host is down \(action_failed\)$/);
    expect((await cloudctl('action list -o name')).out).toBe('reboot_server\n');
  });

  it('says when there are more', async () => {
    await cloudctl('server reboot web-0001 web-0002');
    expect((await cloudctl('action list --limit 1')).err).toBe(
      'There are more: the newest 1 are shown, --limit 0 shows all\n',
    );
    expect(await json('action list --limit 0 -o json')).toHaveLength(2);
  });

  it.each(['--server a --id 1', '--limit -1', '--id x', '--resource ssh-keys', '--status done'])(
    'refuses %s',
    async flags => expect((await cloudctl(`action list ${flags}`)).status).toBe(2),
  );
});

describe('cloudctl action describe', () => {
  it('shows one as an object, several as a list', async () => {
    const one = await start('server reboot web-0001');
    const two = await start('server reboot web-0002');
    expect(await json(`action describe ${one} -o json`)).toMatchObject({
      id: one,
      command: 'reboot_server',
      error: null,
    });
    expect(await json(`action describe ${one} ${two} -o json`)).toHaveLength(2);
    expect((await cloudctl(`action describe ${one}`)).out).toContain('Command:');
    expect((await cloudctl('action describe 7')).status).toBe(5);
  });
});

describe('cloudctl action wait', () => {
  it('takes up a wait and shows how the actions ended', async () => {
    const ids = [await start('server reboot web-0001'), await start('server reboot web-0002')];
    const { status, out, err } = await cloudctl(`action wait ${ids.join(' ')}`);
    expect(status).toBe(0);
    expect(out).toMatch(/reboot_server +server \d+ +success/);
    expect(err).toContain('... done');
  });

  it('gives the finished action under -o json, and nothing on standard error', async () => {
    const id = await start('server reboot web-0001');
    const { out, err } = await cloudctl(`action wait ${id} -o json`);
    expect(JSON.parse(out)).toMatchObject({ id, status: 'success', progress: 100 });
    expect(err).toBe('');
  });

  it('ends with 6 when an action failed, now or before', async () => {
    sandbox.fault({ kind: 'fail', method: 'POST', path: '/servers', code: 'action_failed', message: 'host is down' });
    const bad = await start('server reboot web-0001');
    const good = await start('server reboot web-0002');
    for (const ids of [`${bad}`, `${good} ${bad}`]) {
      const { status, err } = await cloudctl(`action wait ${ids}`);
      expect([status, err]).toEqual([6, expect.stringContaining('host is down')]);
    }
  });

  it('stops at --timeout and names the command that goes on', async () => {
    const id = await start('server reboot web-0001');
    const { status, err } = await cloudctl(`action wait ${id} --timeout 1s`);
    expect([status, err]).toEqual([8, expect.stringContaining(`cloudctl action wait ${id}`)]);
  });

  it('costs one request for what has ended', async () => {
    const id = await start('server reboot web-0001');
    await cloudctl(`action wait ${id}`);
    const before = sandbox.requests.length;
    await cloudctl(`action wait ${id}`);
    expect(sandbox.requests.length - before).toBe(1);
  });
});
