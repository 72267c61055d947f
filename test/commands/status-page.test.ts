import { mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { listenOnSocket, openApi } from '../daemon/api/served.ts';
import { fakeClock } from '../helpers/clock.ts';
import { run, temporaryHome } from '../helpers/run.ts';

const now = Date.parse('2026-11-25T15:00:00Z');
const hour = 3_600_000;

/** A daemon with three checks, one of which is down, and a command line that uses it. */
async function desk() {
  const clock = fakeClock(now, { auto: false });
  const api = await openApi({ clock });
  const { address } = await listenOnSocket(api.app);
  const env = { CLOUDCTL_DAEMON: address, HOME: temporaryHome() };
  const cloudctl = (line: string) => run(undefined, line, { env, clock });
  for (const line of [
    'web --type http --url http://www.corp.example/secret-path --label public=yes,group=Web',
    'db --type tcp --host db.internal --port 5432 --label public=yes',
    'backoffice --type ping --host vault.corp.example',
  ]) {
    expect((await cloudctl(`check create ${line}`)).status).toBe(0);
  }
  const states = [
    { check_id: 1, state: 'up' as const, begun: now - 50 * hour, ended: now - hour, reason: '200' },
    { check_id: 1, state: 'down' as const, begun: now - hour, ended: null, reason: 'connect to 10.1.2.3 refused' },
    { check_id: 2, state: 'up' as const, begun: now - 50 * hour, ended: null, reason: 'open' },
  ];
  for (const row of states) await api.store.db.insertInto('states').values(row).execute();
  for (const [id, state] of [
    [1, 'down'],
    [2, 'up'],
  ] as const) {
    await api.store.db
      .updateTable('checks')
      .set({ state, since: now - hour })
      .where('id', '=', id)
      .execute();
  }
  const out = join(env.HOME, 'www');
  const read = (file: string) => readFileSync(join(out, file), 'utf8');
  return { ...api, cloudctl, out, read, data: () => JSON.parse(read('status.json')) };
}

describe('cloudctl status-page export', () => {
  it('writes a page of the chosen checks and the same as data, which anybody may read', async () => {
    const { cloudctl, out, read, data } = await desk();
    const ran = await cloudctl(`status-page export -l public=yes --title Example --out ${out}`);
    expect(ran).toMatchObject({ status: 0, out: `${out}/index.html: written, 2 checks, partial\n`, err: '' });
    expect(read('index.html')).toMatch(/<h1>Example<\/h1>[\s\S]*Some systems are down[\s\S]*<h2>Web<\/h2>/);
    expect(data()).toMatchObject({
      ...{ title: 'Example', made: '2026-11-25T15:00:00Z', state: 'partial' },
      groups: [
        { name: null, checks: [{ name: 'db', state: 'up', uptime: 100 }] },
        { name: 'Web', checks: [{ name: 'web', state: 'down', uptime: 98 }] },
      ],
      incidents: [{ check: 'web', from: '2026-11-25T14:00:00Z', to: null }],
    });
    expect(readdirSync(out).sort()).toEqual(['index.html', 'status.json']);
    for (const file of ['index.html', 'status.json']) expect(statSync(join(out, file)).mode & 0o777).toBe(0o644);
  });

  it('tells nothing of a check but its name and its group', async () => {
    const { cloudctl, out, read } = await desk();
    await cloudctl(
      `maintenance create 'new disks' --check web,backoffice --start 2026-11-26 --end 2026-11-27 --reason for-us-only`,
    );
    await cloudctl(`status-page export web db --out ${out}`);
    for (const file of ['index.html', 'status.json']) {
      expect(read(file)).toContain('new disks');
      expect(read(file)).not.toMatch(/10\.1\.2\.3|secret-path|internal|5432|backoffice|corp|vault|for-us-only|public/);
    }
    await cloudctl(`status-page export web --reasons --out ${out}`);
    expect(read('index.html')).toContain('connect to 10.1.2.3 refused');
  });

  it('takes names, patterns and all, and says what is not there', async () => {
    const { cloudctl, out, data } = await desk();
    const names = () =>
      data().groups.flatMap((group: { checks: { name: string }[] }) => group.checks.map(({ name }) => name));
    await cloudctl(`status-page export 'w*' 3 --out ${out}`);
    expect(names()).toEqual(['backoffice', 'web']);
    const all = await cloudctl(`status-page export --all --group-by public --out ${out} -o json`);
    expect(JSON.parse(all.out)).toEqual({
      page: `${out}/index.html`,
      data: `${out}/status.json`,
      state: 'partial',
      checks: 3,
    });
    expect(data().groups.map(({ name }: { name: string }) => name)).toEqual([null, 'yes']);
    expect(await cloudctl(`status-page export web nobody --out ${out}`)).toMatchObject({
      status: 5,
      err: expect.stringMatching('check not found: nobody'),
    });
    expect(await cloudctl(`status-page export -l env=none --out ${out}`)).toMatchObject({ status: 5 });
    expect(names()).toHaveLength(3);
  });

  it('publishes nothing that was not chosen', async () => {
    const { cloudctl, ask, out } = await desk();
    expect(await cloudctl(`status-page export --out ${out}`)).toMatchObject({ status: 2 });
    expect(await cloudctl(`status-page export web --all --out ${out}`)).toMatchObject({ status: 2 });
    expect(await cloudctl('status-page export web')).toMatchObject({ status: 2, err: expect.stringMatching('--out') });
    expect(await ask('GET', '/cloudctl/v1/status_page')).toMatchObject({ status: 422 });
    expect(await ask('GET', '/cloudctl/v1/status_page?label_selector=a%20b')).toMatchObject({ status: 422 });
  });

  it('says why it cannot write, and leaves the page that was there', async () => {
    const { cloudctl, out, read } = await desk();
    await cloudctl(`status-page export web --out ${out}`);
    const before = read('index.html');
    expect(await cloudctl(`status-page export web --out ${out}/index.html`)).toMatchObject({
      status: 2,
      err: expect.stringMatching('cannot be made'),
    });
    mkdirSync(join(out, 'full'));
    mkdirSync(join(out, 'full/index.html'));
    const failed = await cloudctl(`status-page export web --out ${out}/full`);
    expect(failed).toMatchObject({
      status: 2,
      err: expect.stringMatching(/index\.html cannot be written: it is a folder/),
    });
    expect(readdirSync(join(out, 'full'))).toEqual(['index.html']);
    expect(read('index.html')).toBe(before);
  });
});
