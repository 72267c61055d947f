import { describe, expect, test } from 'vitest';
import { makeServer, open } from './open.ts';

async function network() {
  const opened = await open();
  const { network } = await opened.post('/networks', { name: 'net', ip_range: '10.0.0.0/16' });
  const path = `/networks/${network.id}`;
  return {
    ...opened,
    network,
    path,
    async act(name: string, body: unknown) {
      await opened.post(`${path}/actions/${name}`, body);
      opened.finish();
      return (await opened.get(path)).network;
    },
    refuse: (name: string, body: unknown) => opened.refusal('POST', `${path}/actions/${name}`, body),
  };
}

const cloud = { type: 'cloud', network_zone: 'eu-central' };

test('subnets are added in a range of their own, or the next free one, and deleted', async () => {
  const { act, refuse } = await network();
  expect((await act('add_subnet', { ...cloud, ip_range: '10.0.0.0/24' })).subnets).toEqual([
    { ...cloud, ip_range: '10.0.0.0/24', gateway: '10.0.0.1', vswitch_id: null },
  ]);
  expect((await act('add_subnet', cloud)).subnets[1].ip_range).toBe('10.0.1.0/24');
  expect(await refuse('add_subnet', { ...cloud, ip_range: '10.0.1.128/25' })).toBe('invalid_input 422');
  expect(await refuse('add_subnet', { ...cloud, ip_range: '10.1.0.0/24' })).toBe('invalid_input 422');
  expect(await refuse('add_subnet', { ...cloud, ip_range: '10.0.1.1/24' })).toBe('invalid_input 422');
  expect((await act('delete_subnet', { ip_range: '10.0.0.0/24' })).subnets).toHaveLength(1);
  expect(await refuse('delete_subnet', { ip_range: '10.0.0.0/24' })).toBe('invalid_input 422');
});

test('routes are added and deleted, and the range is changed as long as it holds all subnets', async () => {
  const { act, refuse } = await network();
  const route = { destination: '10.100.1.0/24', gateway: '10.0.1.1' };
  expect((await act('add_route', route)).routes).toEqual([route]);
  expect(await refuse('add_route', route)).toBe('invalid_input 422');
  expect((await act('delete_route', route)).routes).toEqual([]);
  await act('add_subnet', { ...cloud, ip_range: '10.0.0.0/24' });
  expect((await act('change_ip_range', { ip_range: '10.0.0.0/8' })).ip_range).toBe('10.0.0.0/8');
  expect(await refuse('change_ip_range', { ip_range: '192.168.0.0/16' })).toBe('invalid_input 422');
});

test('a network is changed, protected and deleted', async () => {
  const { act, put, path, refusal, remove } = await network();
  const changed = await put(path, { name: 'other', labels: { a: 'b' }, expose_routes_to_vswitch: true });
  expect(changed.network).toMatchObject({ name: 'other', labels: { a: 'b' }, expose_routes_to_vswitch: true });
  await act('change_protection', { delete: true });
  expect(await refusal('DELETE', path)).toBe('protected 423');
  await act('change_protection', { delete: false });
  expect(await remove(path)).toBe(204);
});

test('a network can be made with its subnets and routes', async () => {
  const { post } = await open();
  const subnets = [{ ...cloud, ip_range: '10.0.0.0/24' }, cloud];
  const routes = [{ destination: '10.100.1.0/24', gateway: '10.0.1.1' }];
  const body = { name: 'net', ip_range: '10.0.0.0/16', subnets, routes };
  const { network } = await post('/networks', body);
  expect(network.subnets.map((subnet: { ip_range: string }) => subnet.ip_range)).toEqual([
    '10.0.0.0/24',
    '10.0.1.0/24',
  ]);
  expect(network.routes).toEqual(routes);
});

describe('servers in a network', () => {
  async function member() {
    const opened = await network();
    await opened.act('add_subnet', { ...cloud, ip_range: '10.0.0.0/24' });
    const server = await makeServer(opened);
    const at = `/servers/${server.id}`;
    return {
      ...opened,
      server,
      at,
      async deed(name: string, body: Record<string, unknown> = {}) {
        await opened.post(`${at}/actions/${name}`, { network: opened.network.id, ...body });
        opened.finish();
        return (await opened.get(at)).server.private_net;
      },
      deny: (name: string, body: Record<string, unknown> = {}) =>
        opened.refusal('POST', `${at}/actions/${name}`, { network: opened.network.id, ...body }),
    };
  }

  test('a server gets the next free address, or the one that it asks for', async () => {
    const { deed, network, get, path, server, deny } = await member();
    const [seat] = await deed('attach_to_network');
    expect(seat).toMatchObject({ network: network.id, ip: '10.0.0.2', alias_ips: [] });
    expect(seat.mac_address).toMatch(/^([0-9a-f]{2}:){5}[0-9a-f]{2}$/);
    expect((await get(path)).network.servers).toEqual([server.id]);
    expect(await deny('attach_to_network')).toBe('server_already_attached 422');
    expect(await deed('detach_from_network')).toEqual([]);
    expect((await deed('attach_to_network', { ip: '10.0.0.9', alias_ips: ['10.0.0.10'] }))[0]).toMatchObject({
      ip: '10.0.0.9',
      alias_ips: ['10.0.0.10'],
    });
    expect((await deed('change_alias_ips', { alias_ips: ['10.0.0.11'] }))[0].alias_ips).toEqual(['10.0.0.11']);
    expect(await deny('change_alias_ips', { alias_ips: ['10.0.0.9'] })).toBe('ip_not_available 422');
  });

  test('an address outside, taken or of the gateway is not available', async () => {
    const { deed, deny, post, network, refusal, ...opened } = await member();
    for (const ip of ['10.0.9.9', '10.0.0.1', 'nonsense']) {
      expect(await deny('attach_to_network', { ip })).toBe('ip_not_available 422');
    }
    await deed('attach_to_network', { ip: '10.0.0.5' });
    const other = await makeServer({ ...opened, deed, post, refusal } as never, { name: 'web-2' });
    const body = { network: network.id, ip: '10.0.0.5' };
    expect(await refusal('POST', `/servers/${other.id}/actions/attach_to_network`, body)).toBe('ip_not_available 422');
  });

  test('a network without a subnet in the zone takes nobody', async () => {
    const { act, deny } = await member();
    await act('delete_subnet', { ip_range: '10.0.0.0/24' });
    expect(await deny('attach_to_network')).toBe('no_subnet_available 422');
  });

  test('deleting a network takes its servers out of it', async () => {
    const { deed, remove, path, get, at } = await member();
    await deed('attach_to_network');
    expect(await remove(path)).toBe(204);
    expect((await get(at)).server.private_net).toEqual([]);
  });
});
