import { describe, expect, it } from 'vitest';
import { listenOnSocket, openApi } from '../daemon/api/served.ts';
import { run, temporaryHome } from '../helpers/run.ts';

/** A daemon on a socket that looks only when it is told to, and a command line that uses it. */
async function desk() {
  const servers = [{ id: 1, name: 'web-1', status: 'running' }];
  const hetzner = {
    async *list() {
      yield* servers;
    },
  };
  const api = await openApi({ tools: { hetzner: hetzner as never } });
  const { address } = await listenOnSocket(api.app);
  const env = { CLOUDCTL_DAEMON: address, HOME: temporaryHome() };
  return { ...api, servers, cloudctl: (line: string) => run(undefined, line, { env }) };
}

const create = 'check create web-1 --type state --server web-1 --interval 30s --label env=prod';

describe('cloudctl check', () => {
  it('makes, lists, changes and deletes checks through the daemon', async () => {
    const { cloudctl } = await desk();
    expect(await cloudctl(create)).toMatchObject({ status: 0, out: expect.stringMatching(/web-1 +state +web-1 +new/) });
    expect(await cloudctl('check update web-1 --interval 1m --severity warning')).toMatchObject({ status: 0 });
    const [shown] = JSON.parse((await cloudctl('check list -o json')).out);
    expect(shown).toMatchObject({ name: 'web-1', interval: 60_000, severity: 'warning', labels: { env: 'prod' } });
    expect((await cloudctl('check describe web-1')).out).toMatch(/Interval: +1m\n(.*\n)*History: +-\nResults: +-/);
    expect(await cloudctl('check pause web-1')).toMatchObject({ status: 0, out: 'web-1: pause done\n' });
    expect((await cloudctl('check list')).out).toMatch(/paused/);
    expect(await cloudctl('check delete web-1')).toMatchObject({ status: 2 });
    expect(await cloudctl('check delete web-1 --yes')).toMatchObject({ status: 0 });
    expect((await cloudctl('check list -o name')).out).toBe('');
  });

  it('chooses checks by their labels, as with any resource that has some', async () => {
    const { cloudctl } = await desk();
    await cloudctl(create);
    await cloudctl('check create web-2 --type state --server web-1 --label env=dev');
    await cloudctl('check create web-3 --type state --server web-1');
    const names = async (selector: string) =>
      (await cloudctl(`check list -l '${selector}' -o name`)).out.split('\n').slice(0, -1);
    expect(await names('env=prod')).toEqual(['web-1']);
    expect(await names('env')).toEqual(['web-1', 'web-2']);
    expect(await names('env notin (dev)')).toEqual(['web-1', 'web-3']);
    expect(await cloudctl("check list -l 'a b'")).toMatchObject({ status: 2 });
    expect(await cloudctl('check pause -l env=dev')).toMatchObject({ status: 0 });
    expect((await cloudctl("check list --query '[?paused].name' -o csv")).out).toContain('web-2');
  });

  it('says which flags a kind takes when it is given another one', async () => {
    const { cloudctl } = await desk();
    expect(await cloudctl('check create db --type tcp --url http://a')).toMatchObject({
      err: expect.stringMatching(/url: a check of type tcp has no such setting\nIt takes --host, --port, --expect/),
    });
    expect(await cloudctl('check create db --type tpc')).toMatchObject({ status: 2 });
    expect(await cloudctl('check create db --type ping --host a --interval 0')).toMatchObject({
      err: expect.stringMatching('interval: 0s is not 10s to 1d'),
    });
  });

  it('looks at once for a test, and ends with 6 where it is not up', async () => {
    const { cloudctl, servers } = await desk();
    await cloudctl(create);
    expect(await cloudctl('check test web-1')).toMatchObject({ status: 0, out: 'web-1 is up: running\n' });
    servers.length = 0;
    await cloudctl('check create gone --type state --server web-2');
    const tested = await cloudctl('check test gone -o json');
    expect(tested.status).toBe(6);
    expect(JSON.parse(tested.out)).toMatchObject({ outcome: 'down', message: 'there is no server web-2' });
  });

  it('shows once where signs of life can be sent, and sends them', async () => {
    const { cloudctl } = await desk();
    const made = await cloudctl('check create nightly --type push --every 24h');
    expect(made.out).toMatch(/\npush path: \/push\/[\w-]{32}\n$/);
    expect((await cloudctl('check describe nightly -o json')).out).not.toContain('push_path');
    expect(await cloudctl('check push nightly')).toMatchObject({ status: 0 });
    expect(JSON.parse((await cloudctl('check describe nightly -o json')).out).beat).toMatch(/^2026/);
  });
});

describe('cloudctl maintenance and cloudctl uptime', () => {
  it('plan what is worked on, and tell how long each check was up', async () => {
    const { cloudctl, store } = await desk();
    await cloudctl(create);
    const planned = await cloudctl("maintenance create 'new disks' --check web-1 --duration 30m");
    expect(planned).toMatchObject({ status: 0, out: expect.stringMatching(/new disks +web-1 +- +active/) });
    expect(JSON.parse((await cloudctl('check list -o json')).out)[0].maintenance).toMatchObject({ name: 'new disks' });
    await cloudctl('maintenance create later --start 2h --end 4h');
    const later = JSON.parse((await cloudctl('maintenance describe later -o json')).out);
    expect(Date.parse(later.next_end) - Date.parse(later.next_start)).toBe(2 * 3_600_000);
    expect(Date.parse(later.next_start) - Date.now()).toBeGreaterThan(3_600_000);
    const [begun, ended] = [Date.UTC(2026, 9, 1), Date.UTC(2026, 9, 31)];
    const rows = [
      { check_id: 1, state: 'up' as const, begun, ended, reason: '' },
      { check_id: 1, state: 'down' as const, begun: ended, ended: ended + 86_400_000, reason: '' },
    ];
    for (const row of rows) await store.db.insertInto('states').values(row).execute();
    const csv = await cloudctl('uptime web-1 --month 2026-10 -o csv');
    expect(csv.out).toContain('96.77');
    const [row] = JSON.parse((await cloudctl('uptime --month 2026-10 -o json')).out);
    expect(row).toMatchObject({
      name: 'web-1',
      month: '2026-10',
      uptime: (30 / 31) * 100,
      down: 86_400_000,
      outages: 1,
    });
    expect(await cloudctl('uptime nobody')).toMatchObject({ status: 5 });
    expect((await cloudctl('uptime --month october')).err).toMatch('is not one such as 2026-11');
    expect(await cloudctl("maintenance delete 'new disks' --yes")).toMatchObject({ status: 0 });
  });
});
