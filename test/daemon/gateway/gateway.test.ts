import { describe, expect, it } from 'vitest';
import { stores } from '../../helpers/stores.ts';
import { startGateway } from './gateway-set-up.ts';

const server = (name: string, more = {}) => ({
  name,
  server_type: 'cx23',
  image: 'debian-13',
  location: 'fsn1',
  ...more,
});

describe.each(stores)('the gateway on $name', ({ open }) => {
  it('gives each client what it made, in lists, by name and by id, and nobody else', async () => {
    const { ask, tokenOf } = await startGateway(open);
    const [ada, bob, boss] = [
      await tokenOf('ada@x.test'),
      await tokenOf('bob@x.test'),
      await tokenOf('boss@x.test', 'admin'),
    ];
    const made = await ask(ada, 'POST', 'servers', server('web-1', { labels: { env: 'prod' } }));
    expect(made.status).toBe(201);
    expect(made.body.server.labels).toEqual({ env: 'prod' });
    expect(made.body.root_password).toEqual(expect.any(String));
    await ask(bob, 'POST', 'servers', server('db-1'));

    const names = async (token: string, query = '') =>
      (await ask(token, 'GET', `servers${query}`)).body.servers.map(({ name }: { name: string }) => name);
    expect(await names(ada)).toEqual(['web-1']);
    expect(await names(bob)).toEqual(['db-1']);
    expect(await names(boss)).toEqual(['web-1', 'db-1']);
    expect(await names(ada, '?name=db-1')).toEqual([]);
    expect(await names(ada, '?label_selector=env%3Dprod')).toEqual(['web-1']);
    expect((await ask(ada, 'GET', 'servers')).body.meta.pagination.total_entries).toBe(1);

    const { id } = made.body.server;
    expect((await ask(ada, 'GET', `servers/${id}`)).body.server.name).toBe('web-1');
    const hidden = await ask(bob, 'GET', `servers/${id}`);
    const missing = await ask(bob, 'GET', 'servers/999999');
    expect(hidden.status).toBe(404);
    expect(hidden.body).toEqual(missing.body);
    expect(hidden.body.error).toMatchObject({ code: 'not_found', details: null });
  });

  it('shows the action of a create to who began it until it ends, and to nobody else', async () => {
    const { ask, tokenOf } = await startGateway(open);
    const [ada, bob] = [await tokenOf('ada@x.test'), await tokenOf('bob@x.test')];
    const { body } = await ask(ada, 'POST', 'servers', server('web-1'));
    const { id } = body.action;
    await expect.poll(async () => (await ask(ada, 'GET', `actions/${id}`)).body.action.status).toBe('success');
    expect((await ask(ada, 'GET', `actions?id=${id}`)).body.actions).toHaveLength(1);
    expect((await ask(ada, 'GET', `servers/actions`)).body.actions.length).toBeGreaterThan(0);
    expect((await ask(bob, 'GET', `actions/${id}`)).status).toBe(404);
    expect((await ask(bob, 'GET', `actions?id=${id}`)).body.actions).toEqual([]);
    expect((await ask(bob, 'GET', `servers/actions`)).body.actions).toEqual([]);
  });

  it('asks Hetzner about no more actions at once than a page has, and as often for what is hidden as for what is not there', async () => {
    const { ask, tokenOf, sandbox } = await startGateway(open);
    const [ada, bob] = [await tokenOf('ada@x.test'), await tokenOf('bob@x.test')];
    const ids = (count: number) => Array.from({ length: count }, (_, index) => `id=${index + 1}`).join('&');
    const sentFor = async (path: string) => {
      const before = sandbox.requests.length;
      const { status } = await ask(bob, 'GET', path);
      return [
        status,
        sandbox.requests.slice(before).filter(one => one.path.startsWith(`/${path.split('?')[0]}`)).length,
      ];
    };
    expect(await sentFor(`actions?${ids(51)}`)).toEqual([422, 0]);
    expect(await sentFor(`actions?${ids(50)}`)).toEqual([200, 2]);
    const { id } = (await ask(ada, 'POST', 'servers', server('web-1'))).body.server;
    // What was kept of it for its owner would be told quicker, which tells that it is there.
    await ask(ada, 'GET', `servers/${id}`);
    for (const one of [id, 987_654, id, 987_654]) expect(await sentFor(`servers/${one}`)).toEqual([404, 1]);
  });

  it('changes nothing that is not the caller’s, nor lets it be named in a body', async () => {
    const { ask, tokenOf, sandbox } = await startGateway(open);
    const [ada, bob] = [await tokenOf('ada@x.test'), await tokenOf('bob@x.test')];
    const { id } = (await ask(ada, 'POST', 'servers', server('web-1'))).body.server;
    const network = (await ask(ada, 'POST', 'networks', { name: 'private', ip_range: '10.0.0.0/16' })).body.network.id;
    const before = sandbox.requests.filter(({ method }) => method !== 'GET').length;
    for (const [method, path, body] of [
      ['DELETE', `servers/${id}`],
      ['PUT', `servers/${id}`, { name: 'mine' }],
      ['POST', `servers/${id}/actions/reboot`],
      ['POST', `servers/${id}/actions/create_image`, {}],
      ['POST', 'volumes', { name: 'data', size: 10, server: id }],
      ['POST', 'servers', server('db-1', { networks: [network] })],
    ] as const) {
      expect([path, (await ask(bob, method, path, body)).status]).toEqual([path, 404]);
    }
    expect(sandbox.requests.filter(({ method }) => method !== 'GET')).toHaveLength(before);
  });

  it('says that the role may not do it, with the permission that is missing', async () => {
    const { ask, tokenOf } = await startGateway(open);
    const viewer = await tokenOf('eve@x.test', 'viewer');
    const refused = await ask(viewer, 'POST', 'servers', server('web-1'));
    expect(refused.status).toBe(403);
    expect(refused.body.error).toMatchObject({ code: 'forbidden', details: null });
    expect(refused.body.error.message).toContain('servers:create');
  });

  it('keeps its labels to itself: refused in input, kept on update, in no answer', async () => {
    const { ask, tokenOf, sandbox } = await startGateway(open);
    const ada = await tokenOf('ada@x.test');
    const { id } = (await ask(ada, 'POST', 'servers', server('web-1'))).body.server;
    const refused = await ask(ada, 'PUT', `servers/${id}`, { labels: { 'cloudctl/owner': 'user-9' } });
    expect(refused.status).toBe(422);
    const updated = await ask(ada, 'PUT', `servers/${id}`, { labels: { env: 'test' } });
    expect(updated.body.server.labels).toEqual({ env: 'test' });
    const real = sandbox.state.servers.get(id)?.labels;
    expect(real).toMatchObject({ env: 'test', 'cloudctl/owner': expect.stringMatching(/^user-/) });
  });

  it('makes one of two creates with the same Idempotency-Key, and gives both the same answer', async () => {
    const { ask, tokenOf, sandbox } = await startGateway(open);
    const ada = await tokenOf('ada@x.test');
    const headers = { 'idempotency-key': 'once' };
    const [one, two] = await Promise.all([
      ask(ada, 'POST', 'servers', server('web-1'), headers),
      ask(ada, 'POST', 'servers', server('web-1'), headers),
    ]);
    expect(one.body).toEqual(two.body);
    expect(sandbox.requests.filter(({ method, path }) => method === 'POST' && path === '/servers')).toHaveLength(1);
    const other = await ask(ada, 'POST', 'servers', server('web-2'), headers);
    expect(other.status).toBe(422);
  });

  it('finds what was made by a create whose answer was lost', async () => {
    const { ask, tokenOf, sandbox } = await startGateway(open);
    const ada = await tokenOf('ada@x.test');
    sandbox.fault({ method: 'POST', path: '/servers', kind: 'lost' });
    const made = await ask(ada, 'POST', 'servers', server('web-1'));
    expect(made.status).toBe(201);
    expect(made.body).toMatchObject({
      server: { name: 'web-1' },
      action: { command: 'create_server' },
      root_password: null,
    });
    expect((await ask(ada, 'GET', 'servers')).body.servers).toHaveLength(1);
  });

  it('enters each change before it is sent and after it was answered, secrets as what cannot be turned back', async () => {
    const { ask, tokenOf, store } = await startGateway(open);
    const ada = await tokenOf('ada@x.test');
    await ask(ada, 'POST', 'servers', server('web-1', { user_data: 'top secret' }));
    await ask(ada, 'DELETE', 'servers/424242');
    const rows = await store.db.selectFrom('audit').selectAll().orderBy('seq').execute();
    expect(rows.map(({ action, result, actor }) => [action, result, actor])).toEqual([
      ['server.create', 'begun', expect.stringContaining('ada@x.test')],
      ['server.create', 'done', expect.stringContaining('ada@x.test')],
      ['server.delete', 'refused', expect.stringContaining('ada@x.test')],
    ]);
    expect(JSON.stringify(rows)).not.toContain('top secret');
    expect(rows[1]).toMatchObject({ target_type: 'server', target_name: 'web-1', of_seq: 1 });
  });
});
