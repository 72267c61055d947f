import { describe, expect, it } from 'vitest';
import { takeBeat } from '../../../src/daemon/checks/push.ts';
import { openApi } from '../api/served.ts';
import { openBench } from './bench.ts';

const minute = 60_000;

describe('checks', () => {
  it('are made with what was asked for, and shown so', async () => {
    const { check } = await openBench();
    const made = await check('create', {
      ...{ name: 'web', type: 'http', url: 'https://www.example.com/', keyword: 'ok', interval: 30_000, clear: 3 },
      ...{ 'recover-count': 2, label: { env: 'prod' }, severity: 'warning' },
    });
    expect(made).toMatchObject({
      ...{ id: 1, name: 'web', type: 'http', target: 'https://www.example.com/', state: 'new', paused: false },
      settings: {
        url: 'https://www.example.com/',
        keyword: 'ok',
        method: 'GET',
        status: ['200-299'],
        'max-redirects': 5,
      },
      ...{ interval: 30_000, within: 10_000, for: 0, count: 3, recover_count: 2, clear: 3, severity: 'warning' },
      ...{ labels: { env: 'prod' }, parent: null, history: [], results: [], maintenance: null, checked: null },
    });
  });

  it.each([
    [{ type: 'htp', url: 'http://a' }, "'htp' is not a type of check"],
    [{ type: 'tcp', host: 'a' }, 'port: is missing'],
    [{ type: 'tcp', host: 'a', port: 80, url: 'http://a' }, 'url: a check of type tcp has no such setting'],
    [{ type: 'ping', host: 'a', interval: 0 }, 'interval: 0s is not 10s to 1d'],
    [{ type: 'ping', host: 'a', name: '-x' }, 'is no name for a check'],
    [{ type: 'ping', host: 'a', parent: 'nobody' }, 'there is no check nobody'],
  ])('are refused for %j', async (input, message) => {
    const { check } = await openBench();
    await expect(check('create', { name: 'x', ...input })).rejects.toThrow(message);
  });

  it('have a name each', async () => {
    const { check } = await openBench();
    await check('create', { name: 'a', type: 'ping', host: 'a' });
    await expect(check('create', { name: 'a', type: 'ping', host: 'b' })).rejects.toMatchObject({ code: 'refused' });
  });

  it('keep what an update does not name, and lose what is given as empty', async () => {
    const { check } = await openBench();
    await check('create', { name: 'a', type: 'http', url: 'http://a/', keyword: 'ok', count: 5 });
    expect(await check('update', { interval: 20_000 })).toMatchObject({
      interval: 20_000,
      count: 5,
      settings: { keyword: 'ok' },
    });
    const changed = await check('update', { keyword: '' });
    expect(changed.settings).not.toHaveProperty('keyword');
    await expect(check('update', { url: '' })).rejects.toThrow('url: is missing');
    await expect(check('update', { host: 'a' })).rejects.toThrow('has no such setting');
  });

  it('are listed by state and kind', async () => {
    const { check, ask } = await openBench();
    await check('create', { name: 'a', type: 'ping', host: 'a' });
    await check('create', { name: 'b', type: 'tcp', host: 'a', port: 1 });
    const names = async (input: object) =>
      ((await ask('check', 'list', input)) as unknown as { name: string }[]).map(({ name }) => name);
    expect(await names({})).toEqual(['a', 'b']);
    expect(await names({ type: ['tcp'] })).toEqual(['b']);
    expect(await names({ state: ['down'] })).toEqual([]);
  });

  it('are looked at without a trace when they are tested', async () => {
    const { check, ask, row } = await openBench({ servers: () => [{ id: 1, name: 'web-1', status: 'off' }] });
    await check('create', { name: 'a', type: 'state', server: 'web-1' });
    expect(await ask('check', 'test', {}, 1)).toEqual({ result: { outcome: 'down', message: 'web-1 is off' } });
    expect(await row()).toMatchObject({ state: 'new', checked: null });
  });
});

describe('signs of life', () => {
  const nightly = { name: 'nightly', type: 'push', every: 10 * minute, grace: 5 * minute };

  it('keep a check up, and it is down when they stay away', async () => {
    const { check, ask, pass, conditions } = await openBench();
    await check('create', nightly);
    await pass(12 * minute);
    await ask('check', 'push', {}, 1);
    await pass(12 * minute);
    expect(await conditions()).toEqual([]);
    await pass(5 * minute);
    expect(await conditions()).toEqual([
      expect.stringMatching(/^\+ check\/1: nightly is down: the last sign of life came 1[56]m/),
    ]);
    await ask('check', 'push', {}, 1);
    await pass(2000);
    expect(await check('describe')).toMatchObject({ state: 'up', beat: expect.any(String) });
  });

  it('that say that the work failed are told of at once', async () => {
    const { check, ask, pass, conditions } = await openBench();
    await check('create', nightly);
    await pass(minute);
    await ask('check', 'push', { failed: true, message: 'disk full' }, 1);
    await pass(2000);
    expect(await conditions()).toEqual(['+ check/1: nightly is down: it failed: disk full']);
  });

  it('come by a token that is shown once and kept as a hash, and by no other', async () => {
    const { ask, tools, row, store } = await openBench();
    const { push_path } = (await ask('check', 'create', nightly)) as { push_path: string };
    const token = push_path.replace('/push/', '');
    expect(token).toMatch(/^[\w-]{32}$/);
    expect(JSON.stringify(await row())).not.toContain(token);
    expect(JSON.stringify(await store.db.selectFrom('audit').selectAll().execute())).not.toContain(token);
    expect(await takeBeat(tools, token, true)).toBe(true);
    expect(await takeBeat(tools, 'x'.repeat(32), true)).toBe(false);
    expect(JSON.parse((await row()).beat!)).toMatchObject({ ok: true });
  });

  it('are taken by push checks only', async () => {
    const { check, ask } = await openBench();
    await check('create', { name: 'a', type: 'ping', host: 'a' });
    await expect(ask('check', 'push', {}, 1)).rejects.toThrow('only push checks take signs of life');
  });

  it('come over HTTP without a login, and only with a token that is known', async () => {
    const beats: unknown[] = [];
    const known = 'a'.repeat(32);
    const beat = async (token: string, ok: boolean, message: string) => {
      beats.push([ok, message]);
      return token === known;
    };
    const { ask } = await openApi({ beat });
    expect(await ask('GET', `/push/${known}`, undefined, {}, 'tcp')).toMatchObject({ status: 200, body: { ok: true } });
    expect(await ask('POST', `/push/${known}/fail`, 'disk full', {}, 'tcp')).toMatchObject({ status: 200 });
    expect(beats).toEqual([
      [true, ''],
      [false, 'disk full'],
    ]);
    expect(await ask('GET', `/push/${'b'.repeat(32)}`, undefined, {}, 'tcp')).toMatchObject({ status: 404 });
    expect(await ask('GET', '/push/short', undefined, {}, 'tcp')).toMatchObject({ status: 404 });
    expect(await ask('GET', '/cloudctl/v1/checks', undefined, {}, 'tcp')).toMatchObject({ status: 401 });
  });

  it('leave no token in the audit log when the check is made over the API', async () => {
    const { ask, entries } = await openApi();
    const made = await ask('POST', '/cloudctl/v1/checks', nightly);
    expect(made.status).toBe(201);
    expect(made.body.push_path).toMatch(/^\/push\//);
    expect(JSON.stringify(await entries())).not.toContain(made.body.push_path.slice(6));
  });
});
