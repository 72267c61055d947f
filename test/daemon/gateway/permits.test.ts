import { describe, expect, it } from 'vitest';
import { stores } from '../../helpers/stores.ts';
import { startGateway } from './gateway-set-up.ts';

const { open } = stores[0]!;
const server = (name: string) => ({ name, server_type: 'cx23', image: 'debian-13', location: 'fsn1' });
const metrics = (id: number) =>
  `servers/${id}/metrics?type=cpu&start=2026-01-01T00:00:00Z&end=2026-01-01T01:00:00Z` as const;

/** Ada has a server, and Bob what permits name of it. */
async function withServer() {
  const gateway = await startGateway(open);
  const { ask, people, store } = gateway;
  const [ada, bob] = [await people.user('ada@x.test'), await people.user('bob@x.test')];
  const [hers, his] = [await people.token(ada), await people.token(bob)];
  const id: number = (await ask(hers, 'POST', 'servers', server('web-1'))).body.server.id;
  const permit = async (permission: string, type = 'servers', resource_id = id) => {
    const row = { user_id: bob, permission, project_id: 1, type, resource_id, author: 'root@socket', created: 1 };
    await store.commit([{ query: store.db.insertInto('permits').values(row) }]);
  };
  return { ...gateway, hers, his, bob, id, permit };
}

describe('a permit', () => {
  it('lets a resource be named in a body only when it is for changing that', async () => {
    const { ask, his, id, permit, sandbox } = await withServer();
    const firewall = (name: string) =>
      ask(his, 'POST', 'firewalls', { name, apply_to: [{ type: 'server', server: { id } }] });
    await permit('servers:read');
    expect((await ask(his, 'GET', `servers/${id}`)).status).toBe(200);
    expect((await firewall('closed')).status).toBe(404);
    expect(sandbox.state.firewalls.size).toBe(0);
    await permit('servers:update');
    expect((await firewall('closed')).status).toBe(201);
  });

  it('for using an address that is nobody’s does not make it the user’s', async () => {
    const { ask, his, permit, sandbox, tokenOf } = await withServer();
    const boss = await tokenOf('boss@x.test', 'admin');
    const given = { name: 'kept', type: 'ipv4', location: 'fsn1', assignee_type: 'server', auto_delete: false };
    const made = await fetch(`${sandbox.url}/primary_ips`, {
      method: 'POST',
      headers: { authorization: `Bearer ${sandbox.token}`, 'content-type': 'application/json' },
      body: JSON.stringify(given),
    });
    const { primary_ip } = (await made.json()) as { primary_ip: { id: number } };
    await permit('primary_ips:attach', 'primary_ips', primary_ip.id);
    const body = { ...server('web-2'), start_after_create: false, public_net: { ipv4: primary_ip.id } };
    const { id } = (await ask(his, 'POST', 'servers', body)).body.server;
    const own = (await ask(his, 'GET', 'primary_ips')).body.primary_ips as { id: number; type: string }[];
    expect(own.map(({ type }) => type)).toEqual(['ipv4', 'ipv6']);
    await ask(his, 'DELETE', `servers/${id}`);
    await expect.poll(async () => (await ask(boss, 'GET', `servers/${id}`)).status).toBe(404);
    expect(await ask(his, 'DELETE', `primary_ips/${primary_ip.id}`)).toMatchObject({ status: 403 });
    expect(sandbox.state.primary_ips.has(primary_ip.id)).toBe(true);
  });

  it('for a look gives no metrics, which are another permission', async () => {
    const { ask, his, hers, id, permit, store } = await withServer();
    await permit('servers:read');
    expect((await ask(hers, 'GET', metrics(id))).status).toBe(200);
    const refused = await ask(his, 'GET', metrics(id));
    expect(refused).toMatchObject({ status: 403, body: { error: { code: 'forbidden' } } });
    expect(refused.body.error.message).toContain('servers:metrics');
    const entries = await store.db.selectFrom('audit').selectAll().orderBy('seq', 'desc').limit(1).execute();
    expect(entries).toMatchObject([{ action: 'servers.read', result: 'refused', target_id: String(id) }]);
    await permit('servers:metrics');
    expect((await ask(his, 'GET', metrics(id))).status).toBe(200);
  });
});

describe('a role or a token', () => {
  it('that sees everything has the metrics of its own only, where that is what it was given', async () => {
    const { ask, id, people } = await withServer();
    await people.role('looker', { 'servers:read': 'all', 'servers:metrics': 'own', 'servers:create': 'own' });
    const looker = await people.token(await people.user('lou@x.test', { role: 'looker' }));
    const own = (await ask(looker, 'POST', 'servers', server('own'))).body.server.id;
    expect((await ask(looker, 'GET', `servers/${id}`)).status).toBe(200);
    expect((await ask(looker, 'GET', metrics(id))).status).toBe(403);
    expect((await ask(looker, 'GET', metrics(own))).status).toBe(200);
  });

  it('names in a body nothing that it may only look at, though it is its own', async () => {
    const { ask, hers, id, people } = await withServer();
    const subnet = { type: 'cloud', ip_range: '10.0.0.0/24', network_zone: 'eu-central' };
    const network = { name: 'n', ip_range: '10.0.0.0/16', subnets: [subnet] };
    const { id: of } = (await ask(hers, 'POST', 'networks', network)).body.network;
    const looking = await people.token(1, { permissions: JSON.stringify(['servers:*', 'networks:read']) });
    const attach = (token: string) => ask(token, 'POST', `servers/${id}/actions/attach_to_network`, { network: of });
    expect((await ask(looking, 'GET', `networks/${of}`)).status).toBe(200);
    expect((await attach(looking)).status).toBe(404);
    await expect.poll(async () => (await attach(hers)).status).toBe(201);
  });
});
