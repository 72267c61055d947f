import { describe, expect, test } from 'vitest';
import { setStock } from '../../src/sandbox/index.ts';
import { makeServer, open, publicKey } from './open.ts';

const wanted = { name: 'web-1', server_type: 'cx23', image: 'debian-13', location: 'fsn1' };

describe('creating', () => {
  test('a server is initializing, then starting, then running, while its actions make progress', async () => {
    const { post, get, clock } = await open();
    const { server, action, next_actions, root_password } = await post('/servers', wanted);
    expect(server).toMatchObject({ name: 'web-1', status: 'initializing', locked: true });
    expect(action).toMatchObject({ command: 'create_server', status: 'running', progress: 0, finished: null });
    expect(next_actions.map((next: { command: string }) => next.command)).toEqual(['start_server']);
    expect(root_password).toMatch(/^\S{12,}$/);
    clock.advance(1500);
    expect((await get(`/actions/${action.id}`)).action.progress).toBe(50);
    clock.advance(1500);
    expect((await get(`/actions/${action.id}`)).action).toMatchObject({ status: 'success', progress: 100 });
    expect((await get(`/servers/${server.id}`)).server).toMatchObject({ status: 'starting', locked: true });
    clock.advance(1000);
    expect((await get(`/servers/${server.id}`)).server).toMatchObject({ status: 'running', locked: false });
  });

  test('it gets both public addresses, which die with it', async () => {
    const opened = await open();
    const server = await makeServer(opened);
    const { ipv4, ipv6 } = server.public_net;
    expect(ipv4.dns_ptr).toContain(ipv4.ip.split('.').reverse().join('.'));
    expect(ipv6.ip).toMatch(/^2001:db8:.*\/64$/);
    const { primary_ip } = await opened.get(`/primary_ips/${ipv4.id}`);
    expect(primary_ip).toMatchObject({ assignee_id: server.id, auto_delete: true, ip: ipv4.ip });
    await opened.call('DELETE', `/servers/${server.id}`);
    opened.finish();
    expect((await opened.get('/primary_ips')).primary_ips).toEqual([]);
  });

  test('with keys there is no password, and unstarted it is off', async () => {
    const { post, get, finish } = await open();
    const { ssh_key } = await post('/ssh_keys', { name: 'me', public_key: publicKey() });
    const body = { ...wanted, ssh_keys: ['me'], start_after_create: false };
    const { server, next_actions, root_password } = await post('/servers', body);
    expect([next_actions, root_password]).toEqual([[], null]);
    finish();
    expect((await get(`/servers/${server.id}`)).server.status).toBe('off');
    const other = await post('/servers', { ...wanted, name: 'b', ssh_keys: [String(ssh_key.id)] });
    expect(other.root_password).toBeNull();
  });

  test('everything that is wrong is told at once, by field', async () => {
    const { call } = await open();
    const { status, body } = await call('POST', '/servers', {
      name: 'not a host_name',
      image: 'windows-95',
      ssh_keys: ['nobody'],
      labels: { 'a:b': 'c/d' },
      user_data: 'x'.repeat(32 * 1024 + 1),
    });
    expect([status, body.error.code]).toEqual([422, 'invalid_input']);
    const fields = body.error.details.fields.map((field: { name: string }) => field.name);
    expect(fields.sort()).toEqual(['image', 'labels', 'name', 'server_type', 'ssh_keys', 'user_data']);
  });

  test('names are unique', async () => {
    const opened = await open();
    await makeServer(opened);
    const { status, body } = await opened.call('POST', '/servers', wanted);
    expect([status, body.error.code, body.error.details]).toEqual([
      409,
      'uniqueness_error',
      { fields: [{ name: 'name' }] },
    ]);
  });

  test('what is out of stock, or not offered there, is 412', async () => {
    const { refusal, sandbox, post } = await open();
    expect(await refusal('POST', '/servers', { ...wanted, location: 'ash' })).toBe('resource_unavailable 412');
    setStock(sandbox.state, 'cx23', 'fsn1', false);
    expect(await refusal('POST', '/servers', wanted)).toBe('resource_unavailable 412');
    setStock(sandbox.state, 'cx23', 'fsn1', true);
    await post('/servers', wanted);
  });

  test('the limit of the project is told by name', async () => {
    const { call } = await open({ limits: { servers: 1 }, seed: { servers: 1 } });
    const { status, body } = await call('POST', '/servers', wanted);
    expect([status, body.error.code, body.error.details]).toEqual([
      403,
      'resource_limit_exceeded',
      { limits: [{ name: 'server_limit' }] },
    ]);
  });

  test('an image must be for the processor, and no bigger than the disk', async () => {
    const opened = await open();
    const arm = await opened.get('/images?name=debian-13&architecture=arm');
    const body = { ...wanted, image: String(arm.images[0].id) };
    expect(await opened.refusal('POST', '/servers', body)).toBe('invalid_input 422');
    const big = await makeServer(opened, { server_type: 'cx33' });
    const { image } = await opened.post(`/servers/${big.id}/actions/create_image`, {});
    opened.finish();
    const small = { ...wanted, name: 'small', image: String(image.id) };
    expect(await opened.refusal('POST', '/servers', small)).toBe('invalid_input 422');
  });

  test('a name of an image means the one for the processor', async () => {
    const opened = await open();
    const server = await makeServer(opened, { server_type: 'cax11' });
    expect(server.image).toMatchObject({ name: 'debian-13', architecture: 'arm' });
  });

  test('volumes, networks, firewalls, a placement group and own addresses come along', async () => {
    const opened = await open();
    const { post, get, finish } = opened;
    const { volume } = await post('/volumes', { name: 'data', size: 10, location: 'fsn1' });
    const subnets = [{ type: 'cloud', network_zone: 'eu-central', ip_range: '10.0.1.0/24' }];
    const { network } = await post('/networks', { name: 'net', ip_range: '10.0.0.0/16', subnets });
    const { firewall } = await post('/firewalls', { name: 'wall' });
    const { placement_group } = await post('/placement_groups', { name: 'apart', type: 'spread' });
    const { primary_ip } = await post('/primary_ips', { name: 'mine', type: 'ipv4', location: 'fsn1' });
    finish();
    const { server, next_actions } = await post('/servers', {
      ...wanted,
      volumes: [volume.id],
      networks: [network.id],
      firewalls: [{ firewall: firewall.id }],
      placement_group: placement_group.id,
      public_net: { enable_ipv4: true, enable_ipv6: false, ipv4: primary_ip.id },
    });
    const commands = next_actions.map((next: { command: string }) => next.command);
    expect(commands).toEqual(['attach_to_network', 'attach_volume', 'start_server']);
    finish();
    const made = (await get(`/servers/${server.id}`)).server;
    expect(made).toMatchObject({
      status: 'running',
      locked: false,
      volumes: [volume.id],
      private_net: [{ network: network.id, ip: '10.0.1.1', alias_ips: [] }],
      placement_group: { id: placement_group.id, servers: [server.id] },
      public_net: { ipv4: { id: primary_ip.id, ip: primary_ip.ip }, ipv6: null, firewalls: [{ id: firewall.id }] },
    });
    expect((await get(`/firewalls/${firewall.id}`)).firewall.applied_to).toEqual([
      { type: 'server', server: { id: server.id } },
    ]);
  });
});

describe('changing and deleting', () => {
  test('a name and labels are changed; the labels as a whole', async () => {
    const opened = await open();
    const server = await makeServer(opened, { labels: { a: '1', b: '2' } });
    const changed = await opened.put(`/servers/${server.id}`, { name: 'web-2', labels: { a: '3' } });
    expect(changed.server).toMatchObject({ name: 'web-2', labels: { a: '3' } });
    expect((await opened.put(`/servers/${server.id}`, {})).server.labels).toEqual({ a: '3' });
  });

  test('deleting takes its time, keeps volumes and snapshots, and takes the backups along', async () => {
    const opened = await open();
    const { post, get, call, finish, clock } = opened;
    const server = await makeServer(opened);
    const { volume } = await post('/volumes', { name: 'data', size: 10, server: server.id });
    finish();
    await post(`/servers/${server.id}/actions/enable_backup`);
    finish();
    await post(`/servers/${server.id}/actions/create_image`, { type: 'backup' });
    finish();
    const { image } = await post(`/servers/${server.id}/actions/create_image`, { type: 'snapshot' });
    finish();
    const { status, body } = await call('DELETE', `/servers/${server.id}`);
    expect([status, body.action.command]).toEqual([200, 'delete_server']);
    clock.advance(1000);
    expect((await get(`/servers/${server.id}`)).server.status).toBe('deleting');
    finish();
    expect((await call('GET', `/servers/${server.id}`)).status).toBe(404);
    expect((await get(`/volumes/${volume.id}`)).volume.server).toBeNull();
    const own = await get('/images?type=snapshot&type=backup');
    expect(own.images.map((own: { id: number }) => own.id)).toEqual([image.id]);
    expect((await get(`/actions/${body.action.id}`)).action.status).toBe('success');
  });

  test('protection is for deletion and rebuild alike, and stops both', async () => {
    const opened = await open();
    const { id } = await makeServer(opened);
    const path = `/servers/${id}/actions/change_protection`;
    expect(await opened.refusal('POST', path, { delete: true })).toBe('invalid_input 422');
    await opened.post(path, { delete: true, rebuild: true });
    opened.finish();
    expect(await opened.refusal('DELETE', `/servers/${id}`)).toBe('protected 423');
    expect(await opened.refusal('POST', `/servers/${id}/actions/rebuild`, { image: 'debian-12' })).toBe(
      'protected 423',
    );
    await opened.post(path, { delete: false, rebuild: false });
    opened.finish();
    expect(await opened.remove(`/servers/${id}`)).toBe(200);
  });
});

test('an unknown id is 404 everywhere', async () => {
  const { refusal } = await open();
  for (const [method, path] of [
    ['GET', '/servers/7'],
    ['PUT', '/servers/7'],
    ['DELETE', '/servers/7'],
    ['POST', '/servers/7/actions/poweron'],
    ['GET', '/servers/7/actions'],
    ['GET', '/servers/7/metrics?type=cpu&start=2026-11-23T00:00:00Z&end=2026-11-23T01:00:00Z'],
    ['GET', '/actions/7'],
    ['GET', '/servers/actions/7'],
    ['GET', '/load_balancers/7'],
    ['DELETE', '/certificates/7'],
    ['GET', '/zones/example.com'],
    ['GET', '/zones/example.com/rrsets/www/A'],
    ['POST', '/load_balancers/7/actions/add_target'],
  ] as const) {
    expect(await refusal(method, path)).toBe('not_found 404');
  }
});
