import { describe, expect, test } from 'vitest';
import { makeServer, open } from './open.ts';

const ssh = { direction: 'in', protocol: 'tcp', port: '22', source_ips: ['0.0.0.0/0', '::/0'] };

describe('firewalls', () => {
  test('rules and targets are set by actions', async () => {
    const opened = await open();
    const { post, get, put, finish, refusal, remove } = opened;
    const server = await makeServer(opened, { labels: { role: 'web' } });
    const apply_to = [{ type: 'server', server: { id: server.id } }];
    const { firewall, actions } = await post('/firewalls', { name: 'wall', rules: [ssh], apply_to });
    const path = `/firewalls/${firewall.id}`;
    expect(actions.map((action: { command: string }) => action.command)).toEqual([
      'set_firewall_rules',
      'apply_firewall',
    ]);
    finish();
    const made = (await get(path)).firewall;
    expect(made.rules).toEqual([{ ...ssh, destination_ips: [], description: null }]);
    expect(made.applied_to).toEqual(apply_to);
    expect((await get(`/servers/${server.id}`)).server.public_net.firewalls).toEqual([
      { id: firewall.id, status: 'applied' },
    ]);
    expect(await refusal('POST', `${path}/actions/apply_to_resources`, { apply_to })).toBe(
      'firewall_already_applied 422',
    );
    expect(await refusal('DELETE', path)).toBe('resource_in_use 422');
    expect((await put(path, { name: 'other', labels: { a: 'b' } })).firewall).toMatchObject({ name: 'other' });
    await post(`${path}/actions/remove_from_resources`, { remove_from: apply_to });
    finish();
    await post(`${path}/actions/set_rules`, { rules: [] });
    finish();
    expect((await get(path)).firewall).toMatchObject({ rules: [], applied_to: [] });
    expect(await remove(path)).toBe(204);
  });

  test('a label selector guards every server that it matches', async () => {
    const opened = await open();
    const server = await makeServer(opened, { labels: { role: 'web' } });
    await makeServer(opened, { name: 'db-1', labels: { role: 'db' } });
    const { firewall } = await opened.post('/firewalls', { name: 'wall' });
    const apply_to = [{ type: 'label_selector', label_selector: { selector: 'role=web' } }];
    await opened.post(`/firewalls/${firewall.id}/actions/apply_to_resources`, { apply_to });
    opened.finish();
    const [target] = (await opened.get(`/firewalls/${firewall.id}`)).firewall.applied_to;
    expect(target.applied_to_resources).toEqual([{ type: 'server', server: { id: server.id } }]);
  });

  test.each([
    ['no port', { ...ssh, port: undefined }],
    ['a port for icmp', { ...ssh, protocol: 'icmp' }],
    ['a wrong port', { ...ssh, port: '70000' }],
    ['nobody', { ...ssh, source_ips: [] }],
    ['no range', { ...ssh, source_ips: ['10.0.0.1'] }],
    ['no direction', { ...ssh, direction: 'up' }],
  ])('a rule is refused for %s', async (_reason, rule) => {
    const { refusal } = await open();
    expect(await refusal('POST', '/firewalls', { name: 'wall', rules: [rule] })).toBe('invalid_input 422');
  });

  test('a server that is not there is not found', async () => {
    const { refusal } = await open();
    const body = { name: 'wall', apply_to: [{ type: 'server', server: { id: 1 } }] };
    expect(await refusal('POST', '/firewalls', body)).toBe('firewall_resource_not_found 404');
  });
});

describe('primary IPs', () => {
  test('one is created, named, assigned to a stopped server, unassigned and deleted', async () => {
    const opened = await open();
    const { post, put, get, finish, refusal, remove } = opened;
    const { primary_ip, action } = await post('/primary_ips', { name: 'mine', type: 'ipv4', location: 'fsn1' });
    const path = `/primary_ips/${primary_ip.id}`;
    expect([action, primary_ip.assignee_id, primary_ip.auto_delete]).toEqual([null, null, false]);
    const changed = await put(path, { name: 'ours', labels: { a: 'b' }, auto_delete: false });
    expect(changed.primary_ip).toMatchObject({ name: 'ours', labels: { a: 'b' } });
    await post(`${path}/actions/change_dns_ptr`, { ip: primary_ip.ip, dns_ptr: 'a.example.com' });
    finish();
    expect((await get(path)).primary_ip.dns_ptr).toEqual([{ ip: primary_ip.ip, dns_ptr: 'a.example.com' }]);
    expect((await get(`/primary_ips?ip=${primary_ip.ip}`)).primary_ips).toHaveLength(1);

    const public_net = { enable_ipv4: false };
    const server = await makeServer(opened, { public_net });
    const body = { assignee_type: 'server', assignee_id: server.id };
    expect(await refusal('POST', `${path}/actions/assign`, body)).toBe('server_not_stopped 422');
    await post(`/servers/${server.id}/actions/poweroff`);
    finish();
    await post(`${path}/actions/assign`, body);
    finish();
    expect((await get(`/servers/${server.id}`)).server.public_net.ipv4.ip).toBe(primary_ip.ip);
    expect(await refusal('POST', `${path}/actions/assign`, body)).toBe('primary_ip_already_assigned 422');
    expect(await refusal('DELETE', path)).toBe('must_be_unassigned 422');
    const other = await post('/primary_ips', { name: 'second', type: 'ipv4', location: 'fsn1' });
    expect(await refusal('POST', `/primary_ips/${other.primary_ip.id}/actions/assign`, body)).toBe(
      'server_has_ipv4 422',
    );
    await post(`${path}/actions/unassign`);
    finish();
    expect((await get(`/servers/${server.id}`)).server.public_net.ipv4).toBeNull();
    await post(`${path}/actions/change_protection`, { delete: true });
    finish();
    expect(await refusal('DELETE', path)).toBe('protected 423');
    await post(`${path}/actions/change_protection`, { delete: false });
    finish();
    expect(await remove(path)).toBe(204);
  });

  test('one that dies with its server cannot be protected, and one that does not stays', async () => {
    const opened = await open();
    const { primary_ip } = await opened.post('/primary_ips', { name: 'mine', type: 'ipv4', location: 'fsn1' });
    const server = await makeServer(opened, { public_net: { ipv4: primary_ip.id } });
    const { id } = server.public_net.ipv6;
    expect(await opened.refusal('POST', `/primary_ips/${id}/actions/change_protection`, { delete: true })).toBe(
      'invalid_input 422',
    );
    await opened.call('DELETE', `/servers/${server.id}`);
    opened.finish();
    expect((await opened.get('/primary_ips')).primary_ips).toMatchObject([{ id: primary_ip.id, assignee_id: null }]);
  });

  test('a taken address, one elsewhere and one of the other kind cannot go to a new server', async () => {
    const opened = await open();
    const wanted = { name: 'web-2', server_type: 'cx23', image: 'debian-13', location: 'fsn1' };
    const server = await makeServer(opened);
    const there = await opened.post('/primary_ips', { name: 'there', type: 'ipv4', location: 'nbg1' });
    const refusal = (public_net: unknown) => opened.refusal('POST', '/servers', { ...wanted, public_net });
    expect(await refusal({ ipv4: server.public_net.ipv4.id })).toBe('primary_ip_assigned 412');
    expect(await refusal({ ipv4: there.primary_ip.id })).toBe('primary_ip_datacenter_mismatch 412');
    expect(await refusal({ ipv6: there.primary_ip.id })).toBe('primary_ip_version_mismatch 412');
    expect(await refusal({ ipv4: 1 })).toBe('invalid_input 422');
  });
});

test('a floating IP is created, assigned, named, unassigned and deleted', async () => {
  const opened = await open();
  const { post, get, put, finish, refusal, remove } = opened;
  const server = await makeServer(opened);
  const body = { type: 'ipv4', name: 'float', home_location: 'fsn1', description: 'ours' };
  const { floating_ip, action } = await post('/floating_ips', body);
  const path = `/floating_ips/${floating_ip.id}`;
  expect([action, floating_ip.server, floating_ip.home_location.name]).toEqual([null, null, 'fsn1']);
  await post(`${path}/actions/assign`, { server: server.id });
  finish();
  expect((await get(`/servers/${server.id}`)).server.public_net.floating_ips).toEqual([floating_ip.id]);
  expect(await refusal('POST', `${path}/actions/assign`, { server: server.id })).toBe('floating_ip_assigned 422');
  expect(await refusal('DELETE', path)).toBe('must_be_unassigned 422');
  await post(`${path}/actions/change_dns_ptr`, { ip: floating_ip.ip, dns_ptr: 'f.example.com' });
  finish();
  expect((await get(path)).floating_ip.dns_ptr[0].dns_ptr).toBe('f.example.com');
  expect((await put(path, { description: null, labels: { a: 'b' } })).floating_ip.description).toBeNull();
  await post(`${path}/actions/unassign`);
  finish();
  await post(`${path}/actions/change_protection`, { delete: true });
  finish();
  expect(await refusal('DELETE', path)).toBe('protected 423');
  await post(`${path}/actions/change_protection`, { delete: false });
  finish();
  expect((await get(`${path}/actions`)).actions).toHaveLength(5);
  expect(await remove(path)).toBe(204);
  const made = await post('/floating_ips', { type: 'ipv6', server: server.id });
  expect(made.action.command).toBe('assign_floating_ip');
});

test('placement groups are created, listed by type, renamed and deleted', async () => {
  const { post, put, get, remove, refusal } = await open();
  const { placement_group } = await post('/placement_groups', { name: 'apart', type: 'spread' });
  expect((await get('/placement_groups?type=spread')).placement_groups).toEqual([placement_group]);
  const path = `/placement_groups/${placement_group.id}`;
  expect((await put(path, { name: 'b', labels: { c: 'd' } })).placement_group).toMatchObject({ name: 'b' });
  expect(await refusal('POST', '/placement_groups', { name: 'b', type: 'spread' })).toBe('uniqueness_error 409');
  expect(await refusal('POST', '/placement_groups', { name: 'c', type: 'heap' })).toBe('invalid_input 422');
  expect(await remove(path)).toBe(204);
});
