import { describe, expect, it, onTestFinished } from 'vitest';
import { type Action, collect } from '../../../src/core/api.ts';
import type { Server } from '../../../src/core/hetzner/types.ts';
import { type SandboxOptions, startSandbox } from '../../../src/sandbox/index.ts';
import { fakeClock } from '../../helpers/clock.ts';
import { failed, open } from './open.ts';

/** A sandbox for the running test and a client of it; both go by one fake clock, which starts now since `Date` headers do. */
async function start(options: SandboxOptions = {}) {
  const clock = fakeClock(Date.now());
  const sandbox = await startSandbox({ clock, actionDuration: 3000, ...options });
  onTestFinished(() => sandbox.stop());
  const { api } = open(sandbox.url, { token: sandbox.token, clock });
  const count = (method: string, path: string) =>
    sandbox.requests.filter(request => request.method === method && request.path.endsWith(path)).length;
  return { sandbox, api, clock, count };
}

const server = { name: 'web', server_type: 'cx23', image: 'debian-13', location: 'fsn1', labels: { env: 'prod' } };

interface Created {
  server: Server;
  action: Action;
  next_actions: Action[];
}

describe('against the sandbox', () => {
  it.each(['lost', 'cutoff'] as const)('a create whose reply is %s makes exactly one server', async kind => {
    const { sandbox, api, count } = await start();
    sandbox.fault({ method: 'POST', path: '/servers', kind });
    const created = await api.send<Created>('POST', 'servers', server);
    await api.wait([created.action, ...created.next_actions]);
    expect([...sandbox.state.servers.values()].map(({ name }) => name)).toEqual(['web']);
    expect(created.server.name).toBe('web');
    expect(created.action.command).toBe('create_server');
    expect(count('POST', '/servers')).toBe(1);
  });

  it.each([
    { kind: 'reset' },
    { kind: 'status', status: 502 },
    { kind: 'status', status: 504 },
    { kind: 'status', status: 429 },
    { kind: 'status', status: 409 },
    { kind: 'status', status: 403, code: 'maintenance' },
  ] as const)('a create that does not get through (%o) is made on the second try', async fault => {
    const { sandbox, api, count } = await start();
    sandbox.fault({ method: 'POST', path: '/servers', ...fault });
    await api.send('POST', 'servers', server);
    expect(sandbox.state.servers.size).toBe(1);
    expect(count('POST', '/servers')).toBe(2);
  });

  it('a create that lands while its effect is looked for is not made twice', async () => {
    const { sandbox, api, count } = await start();
    sandbox.fault({ method: 'POST', path: '/servers', kind: 'late', delay: 4000 });
    expect(await api.send<Created>('POST', 'servers', server)).toMatchObject({ server: { name: 'web' } });
    expect(sandbox.state.servers.size).toBe(1);
    expect(count('POST', '/servers')).toBe(1);
  });

  it('an image whose reply is lost is made exactly once, its server untouched else', async () => {
    const { sandbox, api, count } = await start({ seed: { servers: 1 } });
    const [only] = await collect<Server>(api.list('servers'));
    const path = `servers/${only!.id}/actions/create_image`;
    sandbox.fault({ method: 'POST', path: `/${path}`, kind: 'lost' });
    const made = await api.send<{ image: { id: number }; action: Action }>('POST', path, { description: 'x' });
    await api.wait([made.action]);
    const snapshots = [...sandbox.state.images.values()].filter(({ type }) => type === 'snapshot');
    expect(snapshots.map(({ id }) => id)).toEqual([made.image.id]);
    expect(count('POST', '/actions/create_image')).toBe(1);
  });

  it('an action whose reply is lost is done once', async () => {
    const { sandbox, api, count } = await start({ seed: { servers: 1 } });
    const [only] = await collect<Server>(api.list('servers'));
    const path = `servers/${only!.id}/actions/reboot`;
    sandbox.fault({ method: 'POST', path: `/${path}`, kind: 'lost' });
    const { action } = await api.send<{ action: Action }>('POST', path);
    expect(action.command).toBe('reboot_server');
    expect(count('POST', '/actions/reboot')).toBe(1);
  });

  it('a delete whose reply is lost is done', async () => {
    const { sandbox, api } = await start({ seed: { servers: 1 }, actionDuration: 0 });
    const [only] = await collect<Server>(api.list('servers'));
    sandbox.fault({ method: 'DELETE', kind: 'lost' });
    expect(await api.send('DELETE', `servers/${only!.id}`)).toBeUndefined();
    expect(sandbox.state.servers.size).toBe(0);
  });

  it('a locked server is waited for', async () => {
    const { api, clock } = await start({ seed: { servers: 1 } });
    const [only] = await collect<Server>(api.list('servers'));
    const before = clock.now();
    await api.send('POST', `servers/${only!.id}/actions/create_image`);
    await api.send('POST', `servers/${only!.id}/actions/reboot`);
    expect(clock.now() - before).toBeGreaterThanOrEqual(3000);
    expect(clock.now() - before).toBeLessThanOrEqual(4000);
  });

  it('a bucket of requests that runs dry slows a list down and does not fail it', async () => {
    const { sandbox, api, clock } = await start({ seed: { servers: 300 }, rateLimit: 3600 });
    await collect(api.list('servers'));
    sandbox.fault({ kind: 'status', status: 429, times: 3, headers: { 'RateLimit-Remaining': '0' } });
    const before = clock.now();
    expect(await collect(api.list('servers'))).toHaveLength(300);
    expect(clock.now() - before).toBeLessThan(60_000);
  });

  it('twenty waits cost as many requests as one', async () => {
    const { api, count } = await start({ seed: { servers: 20 } });
    const servers = await collect<Server>(api.list('servers'));
    const answers = await Promise.all(
      servers.map(({ id }) => api.send<{ action: Action }>('POST', `servers/${id}/actions/reboot`)),
    );
    await Promise.all(answers.map(({ action }) => api.wait([action])));
    expect(count('GET', '/actions') + count('POST', '/actions/reboot')).toBeLessThan(30);
  });

  it('an action that fails is told with its reason', async () => {
    const { sandbox, api } = await start({ seed: { servers: 1 } });
    const [only] = await collect<Server>(api.list('servers'));
    sandbox.fault({ method: 'POST', kind: 'fail', message: 'no power' });
    const { action } = await api.send<{ action: Action }>('POST', `servers/${only!.id}/actions/reboot`);
    expect((await failed(api.wait([action]))).message).toBe('reboot_server failed: no power (action_failed)');
  });

  it('a page instead of an answer is not taken for a list', async () => {
    const { sandbox, api } = await start();
    sandbox.fault({ kind: 'garbage' });
    expect((await failed(collect(api.list('servers')))).message).toContain('did not answer as the Hetzner API');
  });

  it('a list is whole although servers are deleted while it is read', async () => {
    let seen = 0;
    const doomed: number[] = [];
    const { sandbox, api } = await start({
      seed: { servers: 260 },
      observe: ({ path }) => {
        seen += 1;
        const ids = [...sandbox.state.servers.keys()];
        if (path !== '/v1/servers' || seen % 3 !== 1 || seen > 12) return;
        doomed.push(ids[5]!);
        sandbox.state.servers.delete(ids[5]!);
      },
    });
    const before = [...sandbox.state.servers.keys()];
    const read = (await collect<Server>(api.list('servers', { sort: 'id:asc' }))).map(({ id }) => id);
    expect(new Set(read).size).toBe(read.length);
    expect(before.filter(id => !doomed.includes(id) && !read.includes(id))).toEqual([]);
    expect(doomed.length).toBeGreaterThan(1);
  });
});
