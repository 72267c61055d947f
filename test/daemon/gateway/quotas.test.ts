import { describe, expect, it } from 'vitest';
import { openOwnership } from '../../../src/daemon/gateway/ownership.ts';
import { openQuotas } from '../../../src/daemon/gateway/quotas/quotas.ts';
import { stores } from '../../helpers/stores.ts';
import { server, startOwning } from './owners-set-up.ts';

const network = (name: string) => ({ name, ip_range: '10.0.0.0/16' });
const limit = (name: string) => ({
  status: 403,
  body: { error: { code: 'resource_limit_exceeded', details: { limits: [{ name }] } } },
});

describe.each(stores)('quotas on $name', ({ name, open }) => {
  it('let an owner make as many as they allow, and name the quota that is used up', async () => {
    const { ask, tokenOf, serve } = await startOwning(open);
    const ada = await tokenOf('ada@x.test');
    await serve('quota', 'set', { owner: 'user-1', type: 'networks', most: 2 });
    expect((await ask(ada, 'POST', 'networks', network('a'))).status).toBe(201);
    expect((await ask(ada, 'POST', 'networks', network('b'))).status).toBe(201);
    const refused = await ask(ada, 'POST', 'networks', network('c'));
    expect(refused).toMatchObject(limit('networks'));
    expect(refused.body.error.message).toBe('the quota of user-1 allows networks 2: 2 are used, 1 more are asked for');
    const { id } = (await ask(ada, 'GET', 'networks?name=a')).body.networks[0];
    await ask(ada, 'DELETE', `networks/${id}`);
    expect((await ask(ada, 'POST', 'networks', network('c'))).status).toBe(201);
  });

  it('are not exceeded by fifty at once', async () => {
    const { ask, tokenOf, serve, sandbox } = await startOwning(open, { rateLimit: 100_000 });
    const ada = await tokenOf('ada@x.test');
    await serve('quota', 'set', { owner: '*', type: 'networks', most: 10 });
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, index) => ask(ada, 'POST', 'networks', network(`n-${index}`))),
    );
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(10);
    expect(answers.filter(({ status }) => status === 403)).toHaveLength(40);
    expect(sandbox.state.networks.size).toBe(10);
    // To count takes next to nothing: what is refused together is looked at together.
    const reads = sandbox.requests.filter(({ method }) => method === 'GET').length;
    expect(reads).toBeLessThan(30);
  });

  it.skipIf(name === 'SQLite')('are not exceeded by two daemons at once either', async () => {
    const { tools, ask, tokenOf, serve, store } = await startOwning(open, { rateLimit: 100_000 });
    const ada = await tokenOf('ada@x.test');
    await serve('quota', 'set', { owner: 'user-1', type: 'networks', most: 5 });
    const other = await (store as Awaited<ReturnType<(typeof stores)[0]['open']>>).another();
    const theirs = { ...tools, store: other, ownership: openOwnership({ store: other, clock: tools.clock }) };
    const [one, two] = [openQuotas(tools), openQuotas(theirs)];
    let turn = 0;
    Object.assign(tools.quotas, {
      require: (...given: Parameters<typeof one.require>) => (turn++ % 2 ? one : two).require(...given),
    });
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) => ask(ada, 'POST', 'networks', network(`n-${index}`))),
    );
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(5);
  });

  it('count what becomes bigger, and give back what Hetzner refused', async () => {
    const { ask, tokenOf, serve, sandbox } = await startOwning(open);
    const ada = await tokenOf('ada@x.test');
    await serve('quota', 'set', { owner: 'user-1', type: 'volume_gb', most: 100 });
    const volume = (name: string, size: number) => ({ name, size, location: 'fsn1' });
    const made = await ask(ada, 'POST', 'volumes', volume('data', 40));
    expect(made.status).toBe(201);
    const { id } = made.body.volume;
    const resize = (size: number) => ask(ada, 'POST', `volumes/${id}/actions/resize`, { size });
    expect(await resize(101)).toMatchObject(limit('volume_gb'));
    sandbox.fault({ path: `/volumes/${id}/actions/resize`, kind: 'status', status: 422, code: 'service_error' });
    expect((await resize(90)).status).toBe(422);
    expect((await ask(ada, 'POST', 'volumes', volume('logs', 50))).status).toBe(201);
    // Those two at once would be 110.
    const both = await Promise.all([resize(50), ask(ada, 'POST', 'volumes', volume('more', 10))]);
    expect(both.map(({ status }) => status).sort()).toEqual([201, 403]);
  });

  it('count cores, memory, addresses and euros of a new server, and of a bigger type', async () => {
    const { ask, tokenOf, serve, sandbox } = await startOwning(open);
    const ada = await tokenOf('ada@x.test');
    const set = (type: string, most: number) => serve('quota', 'set', { owner: 'user-1', type, most });
    await set('server_cores', 4);
    await set('primary_ips', 3);
    const made = await ask(ada, 'POST', 'servers', server('web-1', { start_after_create: false }));
    expect(made.status).toBe(201);
    expect(await ask(ada, 'POST', 'servers', server('web-2'))).toMatchObject(limit('primary_ips'));
    const addressless = { public_net: { enable_ipv4: false, enable_ipv6: true } };
    expect((await ask(ada, 'POST', 'servers', server('web-2', addressless))).status).toBe(201);
    const change = { server_type: 'cx33', upgrade_disk: false };
    const { id } = made.body.server;
    expect(await ask(ada, 'POST', `servers/${id}/actions/change_type`, change)).toMatchObject(limit('server_cores'));
    expect((await ask(ada, 'POST', 'servers', server('web-3', { server_type: 'none' }))).status).toBe(404);
    await set('monthly_cost', 5);
    expect(await ask(ada, 'POST', 'volumes', { name: 'v', size: 1000, location: 'fsn1' })).toMatchObject(
      limit('monthly_cost'),
    );
    expect(
      (await serve('quota', 'list', { owner: 'user-1' })).map(({ type, most, used }: Record<string, unknown>) => [
        type,
        used,
        most,
      ]),
    ).toEqual([
      ['primary_ips', 3, 3],
      ['server_cores', 4, 4],
      ['monthly_cost', expect.any(Number), 5],
    ]);
    expect(sandbox.state.servers.size).toBe(2);
  });

  it('count a backup that becomes a snapshot as one more of these', async () => {
    const { ask, tokenOf, serve, people } = await startOwning(open);
    const ada = await tokenOf('ada@x.test');
    await serve('quota', 'set', { owner: 'user-1', type: 'images', most: 1 });
    const { id } = (await ask(ada, 'POST', 'servers', server('web-1', { start_after_create: false }))).body.server;
    const back = async () => {
      await expect.poll(async () => (await ask(ada, 'GET', `servers/${id}`)).body.server.locked).toBe(false);
      const made = await ask(ada, 'POST', `servers/${id}/actions/create_image`, { type: 'backup' });
      await expect
        .poll(async () => (await ask(ada, 'GET', `actions/${made.body.action.id}`)).body.action.status)
        .toBe('success');
      return made.body.image.id as number;
    };
    await expect.poll(async () => (await ask(ada, 'GET', `servers/${id}`)).body.server.status).toBe('off');
    await ask(ada, 'POST', `servers/${id}/actions/enable_backup`);
    const [one, other] = [await back(), await back()];
    const convert = (image: number, token = ada) => ask(token, 'PUT', `images/${image}`, { type: 'snapshot' });
    expect((await convert(one)).status).toBe(200);
    expect(await convert(other)).toMatchObject(limit('images'));
    expect((await ask(ada, 'PUT', `images/${other}`, { description: 'of today' })).status).toBe(200);
    const updater = await people.token(1, { permissions: JSON.stringify(['images:read', 'images:update']) });
    const refused = await convert(other, updater);
    expect(refused).toMatchObject({ status: 403, body: { error: { code: 'forbidden' } } });
    expect(refused.body.error.message).toContain('images:create');
  });

  it('have no room made by what asks for less than nothing, or for what is no size', async () => {
    const { ask, tokenOf, serve, sandbox } = await startOwning(open);
    const ada = await tokenOf('ada@x.test');
    await serve('quota', 'set', { owner: 'user-1', type: 'volume_gb', most: 50 });
    await serve('quota', 'set', { owner: 'user-1', type: 'monthly_cost', most: 50 });
    const volume = (name: string, size: unknown) =>
      ask(ada, 'POST', 'volumes', { name, size, location: 'fsn1', format: 'ext4' });
    const arrived = () => sandbox.requests.some(({ method, path }) => method === 'POST' && path === '/volumes');
    sandbox.fault({ method: 'POST', path: '/volumes', kind: 'delay', delay: 300 });
    const less = volume('less', -1000);
    await expect.poll(arrived).toBe(true);
    expect(await volume('more', 90)).toMatchObject(limit('volume_gb'));
    expect((await less).status).toBe(422);
    for (const size of [{}, 'much', null, -1]) expect([size, (await volume('odd', size)).status]).toEqual([size, 422]);
  });

  it('hold for everybody who has none of that type, and are seen by those for whom they hold', async () => {
    const { ask, tokenOf, serve } = await startOwning(open);
    const [ada, bob] = [await tokenOf('ada@x.test'), await tokenOf('bob@x.test')];
    await serve('quota', 'set', { owner: '*', type: 'networks', most: 0 });
    await serve('quota', 'set', { owner: 'user-1', type: 'networks', most: 1 });
    expect((await ask(ada, 'POST', 'networks', network('a'))).status).toBe(201);
    expect(await ask(bob, 'POST', 'networks', network('b'))).toMatchObject(limit('networks'));
    expect(await serve('quota', 'list', { token: ada })).toMatchObject([{ name: 'user-1/networks', most: 1, used: 1 }]);
    expect(await serve('quota', 'list', { token: bob })).toMatchObject([
      { name: 'everybody/networks', owner: '*', most: 0, used: 0 },
    ]);
    expect(await serve('quota', 'list', { token: bob, owner: 'user-1' })).toEqual([]);
    await expect(serve('quota', 'describe', { token: bob, id: 2 })).rejects.toMatchObject({ code: 'not_found' });
    await expect(serve('quota', 'set', { token: bob, owner: '*', type: 'networks', most: 9 })).rejects.toMatchObject({
      code: 'forbidden',
    });
    const all = await serve('quota', 'list');
    expect(all).toMatchObject([
      { owner: '*', used: null },
      { owner: 'user-1', used: 1 },
    ]);
    await serve('quota', 'delete', { id: all[0].id });
    expect((await ask(bob, 'POST', 'networks', network('b'))).status).toBe(201);
    await expect(serve('quota', 'set', { owner: 'user-77', type: 'networks', most: 1 })).rejects.toThrow(
      "no owner 'user-77'",
    );
  });
});
