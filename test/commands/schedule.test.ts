import { chmodSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { isTrusted } from '../../src/commands/reach-daemon.ts';
import { hashToken } from '../../src/core/auth/gateway-token.ts';
import { fetchVia, listenOnPort, listenOnSocket, openApi } from '../daemon/api/served.ts';
import { run, temporaryHome } from '../helpers/run.ts';

/** A daemon on a socket, and a command line that uses it. */
async function desk(options: Parameters<typeof openApi>[0] = {}) {
  const api = await openApi(options);
  const { address, folder, socket } = await listenOnSocket(api.app);
  const env = { CLOUDCTL_DAEMON: address, HOME: temporaryHome() };
  const cloudctl = (line: string, more: Record<string, string> = {}) =>
    run(undefined, line, { env: { ...env, ...more } });
  return { ...api, address, folder, socket, cloudctl };
}

const create = "schedule create nightly --server web-1,web-2 --cron '0 3 * * *' --zone Europe/Berlin --keep-last 3";

describe('cloudctl schedule', () => {
  it('makes a schedule through the daemon, with what was said and what is preset', async () => {
    const { cloudctl, schedule } = await desk();
    const made = await cloudctl(
      `${create} -l env=prod --exclude web-9 --keep-within 14d --max-monthly-cost 12.50 -o json`,
    );
    expect(made).toMatchObject({ status: 0, err: '' });
    expect(JSON.parse(made.out).schedule).toMatchObject({ id: 1, name: 'nightly' });
    expect(schedule.asked[0]?.request.input).toEqual({
      name: 'nightly',
      server: ['web-1', 'web-2'],
      selector: 'env=prod',
      exclude: ['web-9'],
      cron: '0 3 * * *',
      zone: 'Europe/Berlin',
      'keep-last': 3,
      'keep-within': 14 * 86_400_000,
      'min-keep': 1,
      window: 14_400_000,
      jitter: 0,
      grace: 86_400_000,
      'max-monthly-cost': 12.5,
    });
  });

  it('says that a daemon knows no zone of this machine: UTC where none is given', async () => {
    const { cloudctl, schedule } = await desk();
    await cloudctl("schedule create s --server a --cron '0 3 * * *'");
    expect(schedule.asked[0]?.request.input).toMatchObject({ zone: 'UTC' });
    expect((await cloudctl('schedule create --help')).out).toMatch(/--zone <zone> +Time zone .*default UTC/);
  });

  it('takes -l of update for the schedule itself, and names or patterns for its targets', async () => {
    const { cloudctl, schedule } = await desk();
    await cloudctl(create);
    expect(await cloudctl('schedule update nightly -l env=test')).toMatchObject({
      status: 0,
      out: 'nightly: update done\n',
    });
    expect(schedule.asked.find(({ verb }) => verb === 'update')?.request.input).toEqual({ selector: 'env=test' });
    expect(await cloudctl("schedule pause 'night*' -o json")).toMatchObject({ status: 0 });
    expect(await cloudctl('schedule pause -l env=test')).toMatchObject({ status: 2 });
    expect(await cloudctl('schedule update nightly')).toMatchObject({
      status: 2,
      err: expect.stringMatching('nothing to change'),
    });
  });

  it('lists, describes and deletes as any resource, asking before it deletes', async () => {
    const { cloudctl, schedule } = await desk();
    await cloudctl(create);
    expect((await cloudctl('schedule list -o name')).out).toBe('nightly\n');
    expect((await cloudctl('schedules describe nightly -o json')).status).toBe(0);
    expect(await cloudctl('schedule describe daily')).toMatchObject({
      status: 5,
      err: expect.stringMatching('schedule not found: daily'),
    });
    const refused = await cloudctl('schedule delete nightly');
    expect(refused).toMatchObject({ status: 2, err: expect.stringMatching('--yes') });
    expect(await cloudctl('schedule delete nightly --yes')).toMatchObject({ status: 0 });
    expect(schedule.rows).toEqual([]);
  });

  it('shows durations to people as they are typed, and to programs in milliseconds', async () => {
    const { cloudctl, schedule } = await desk();
    schedule.rows.push({ id: 1, name: 'nightly', window: 5_400_000, grace: 86_400_000, keep_within: null });
    expect((await cloudctl('schedule describe nightly')).out).toMatch(/Window: +1h30m\nGrace: +24h\nKeep within: +-\n/);
    expect(JSON.parse((await cloudctl('schedule describe nightly -o json')).out)).toMatchObject({ window: 5_400_000 });
  });

  it('shows the plan: each image with what becomes of it, why, and its price', async () => {
    const image = { id: 7, created: '2026-11-24T03:00:00Z', size: 1.5, monthly: { net: '0.0165', gross: '0.0196' } };
    const plan = {
      next_run: '2026-11-25T03:00:00.000Z',
      runs: [{ id: 1, name: 'web-1' }],
      servers: [
        {
          id: 1,
          name: 'web-1',
          stopped: 'the newest image is not available',
          images: [
            { ...image, decision: 'keep', reasons: ['daily of 2026-11-24', 'last'] },
            { ...image, id: 8, size: null, monthly: null, decision: 'mark', reasons: ['no rule keeps it'] },
          ],
        },
      ],
      notices: ['web-1: volume data-1 is in no image'],
      ...{ monthly: { net: '0.0165', gross: '0.0196' }, currency: 'EUR' },
    };
    const { cloudctl, schedule } = await desk();
    Object.assign(schedule.service, { plan: async () => ({ plan }) });
    await cloudctl(create);
    const shown = await cloudctl('schedule plan nightly');
    expect(shown.out).toBe(
      [
        'ID   SERVER   AGE                    SIZE      MONTHLY   DECISION   REASONS',
        '7    web-1    2026-11-24T03:00:00Z   1.50 GB   0.0165    keep       daily of 2026-11-24; last',
        '8    web-1    2026-11-24T03:00:00Z   -         -         mark       no rule keeps it',
        '',
      ].join('\n'),
    );
    expect(shown.err).toBe(
      [
        'Next run 2026-11-25T03:00:00.000Z, of web-1',
        '0.02 EUR net a month for all of them',
        'web-1: nothing is deleted: the newest image is not available',
        'web-1: volume data-1 is in no image',
        '',
      ].join('\n'),
    );
    expect(JSON.parse((await cloudctl('schedule plan nightly -o json')).out)).toEqual(plan);
    expect((await cloudctl('schedule plan')).status).toBe(2);
  });

  it('shows with --dry-run what it would send', async () => {
    const { cloudctl, schedule } = await desk();
    expect((await cloudctl("schedule create s --cron '* * * * *' --dry-run")).out).toMatch(
      /^s: would send POST schedules \{"name":"s"/,
    );
    expect(schedule.asked).toEqual([]);
  });

  it('completes the names that the last list had', async () => {
    const { cloudctl } = await desk();
    await cloudctl(create);
    await cloudctl('schedule list');
    expect((await cloudctl('__complete fish -- schedule pause n')).out).toMatch(/\0nightly\t/);
  });
});

describe('the way to the daemon', () => {
  it('is told when none is running: exit 8, and how to start one', async () => {
    const env = { CLOUDCTL_DAEMON: 'unix:///nowhere/cloudctl.sock' };
    expect(await run(undefined, 'schedule list', { env })).toEqual({
      status: 8,
      out: '',
      err: 'cloudctl: no daemon is running at /nowhere/cloudctl.sock\nTry: cloudctl daemon start\n',
    });
  });

  it('is the first socket that there is, where nothing names a daemon', async () => {
    const { mkdirSync, symlinkSync } = await import('node:fs');
    const { folder, cloudctl } = await desk();
    const home = temporaryHome();
    mkdirSync(`${home}/cloudctl`, { mode: 0o700 });
    symlinkSync(`${folder}/cloudctl.sock`, `${home}/cloudctl/cloudctl.sock`);
    expect(await cloudctl('schedule list', { CLOUDCTL_DAEMON: '', XDG_RUNTIME_DIR: home })).toMatchObject({
      status: 0,
    });
  });

  it('is not taken through a folder that others can reach into', async () => {
    const { cloudctl, folder } = await desk();
    chmodSync(folder, 0o777);
    const refused = await cloudctl('schedule list');
    expect(refused).toMatchObject({ status: 6, err: expect.stringMatching(`others can reach into ${folder}`) });
    expect(refused.err).toMatch(`\nchmod 700 ${folder}\n`);
  });

  it("trusts a folder of one's own that is closed, and those that root made or keeps", () => {
    const root = { uid: 0, mode: 0o755 };
    const mine = (mode: number) => isTrusted({ uid: 1000, mode }, { uid: 1000, mode: 0o755 }, 1000);
    expect([mine(0o700), mine(0o750), mine(0o777)]).toEqual([true, false, false]);
    expect(isTrusted({ uid: 0, mode: 0o750 }, root, 1000)).toBe(true);
    expect(isTrusted({ uid: 0, mode: 0o777 }, root, 1000)).toBe(false);
    expect(isTrusted({ uid: 990, mode: 0o750 }, root, 1000)).toBe(true);
    expect(isTrusted({ uid: 990, mode: 0o750 }, { uid: 0, mode: 0o777 }, 1000)).toBe(false);
    expect(isTrusted({ uid: 990, mode: 0o750 }, { uid: 990, mode: 0o755 }, 1000)).toBe(false);
  });

  it('can be an address, with the token of the daemon and no other', async () => {
    const { app } = await openApi({ tokens: () => [{ name: 'ci', hash: hashToken('let-me-in') }] });
    const daemon = await listenOnPort(app);
    const list = (env: Record<string, string>) => run(undefined, `schedule list --daemon ${daemon}`, { env });
    expect(await list({ CLOUDCTL_DAEMON_TOKEN: 'let-me-in' })).toMatchObject({ status: 0, err: '' });
    expect(await list({ CLOUDCTL_DAEMON_TOKEN: 'let-me-out' })).toMatchObject({
      status: 4,
      err: expect.stringMatching(/token is not known[\s\S]*CLOUDCTL_DAEMON_TOKEN/),
    });
    const withheld = await list({ CLOUDCTL_TOKEN: 'x'.repeat(64) });
    expect(withheld).toMatchObject({ status: 4, err: expect.stringMatching('no token for the daemon at') });
    const own = { CLOUDCTL_ENDPOINT: `${daemon}/v1`, CLOUDCTL_TOKEN: 'let-me-in' };
    expect(await list(own)).toMatchObject({ status: 0, err: '' });
  });

  it('is refused when it is no address', async () => {
    const list = (daemon: string) => run(undefined, ['schedule', 'list', '--daemon', daemon]);
    expect(await list('unix:cloudctl.sock')).toMatchObject({ status: 2 });
    expect(await list('http://example.com')).toMatchObject({ status: 2, err: expect.stringMatching('plain http') });
    expect(await list('nonsense')).toMatchObject({ status: 2 });
  });

  it('takes a create that the network lost for what it was: made once', async () => {
    const { cloudctl, schedule, app } = await desk();
    const { createAdaptorServer } = await import('@hono/node-server');
    const serve = fetchVia(app, 'socket');
    let dropped = 0;
    // Does what is asked, and loses the first answer to a POST.
    const server = createAdaptorServer({
      fetch: async (request: Request, env: { incoming: { socket: { destroy(): void } } }) => {
        const answer = await serve(request, env);
        if (request.method === 'POST' && dropped++ === 0) env.incoming.socket.destroy();
        return answer;
      },
    });
    const { join } = await import('node:path');
    const folder = temporaryHome();
    const socket = join(folder, 'cloudctl.sock');
    await new Promise<void>(resolve => server.listen(socket, resolve));
    const made = await cloudctl(create, { CLOUDCTL_DAEMON: `unix://${socket}` });
    server.close();
    expect(made).toMatchObject({ status: 0 });
    expect(dropped).toBe(2);
    expect(schedule.rows).toHaveLength(1);
  });
});
