import { describe, expect, test } from 'vitest';
import { makeServer, type Opened, open } from './open.ts';

async function start() {
  const opened = await open();
  const server = await makeServer(opened);
  const path = `/servers/${server.id}`;
  return {
    ...opened,
    server,
    path,
    /** Does an action to its end and shows the server. */
    async act(name: string, body?: unknown) {
      const reply = await opened.post(`${path}/actions/${name}`, body);
      opened.finish();
      return { reply, server: (await opened.get(path)).server };
    },
    refuse: (name: string, body?: unknown) => opened.refusal('POST', `${path}/actions/${name}`, body),
    status: async () => (await opened.get(path)).server.status,
  };
}

describe('power', () => {
  test('a server is switched off and on, stopping and starting in between', async () => {
    const { post, path, status, clock } = await start();
    await post(`${path}/actions/poweroff`);
    expect(await status()).toBe('stopping');
    clock.advance(1500);
    expect(await status()).toBe('off');
    await post(`${path}/actions/poweron`);
    expect(await status()).toBe('starting');
    clock.advance(2000);
    expect(await status()).toBe('running');
  });

  test('the shutdown action ends before the guest is off', async () => {
    const { post, path, status, clock, get } = await start();
    const { action } = await post(`${path}/actions/shutdown`);
    clock.advance(1000);
    expect((await get(`/actions/${action.id}`)).action.status).toBe('success');
    expect(await status()).toBe('running');
    clock.advance(4000);
    expect(await status()).toBe('off');
  });

  test('a server that was reset meanwhile is not switched off by the late shutdown', async () => {
    const { post, path, status, clock, finish } = await start();
    await post(`${path}/actions/shutdown`);
    clock.advance(1500);
    await post(`${path}/actions/reset`);
    finish();
    expect(await status()).toBe('running');
  });

  test('a reboot keeps it running; switching on what runs is done at once', async () => {
    const { act, post, path } = await start();
    expect((await act('reboot')).server.status).toBe('running');
    expect((await post(`${path}/actions/poweron`)).action.status).toBe('success');
  });

  test('a server without any interface cannot be started', async () => {
    const opened = await open();
    const public_net = { enable_ipv4: false, enable_ipv6: false };
    const bare = await makeServer(opened, { public_net, start_after_create: false });
    expect(await opened.refusal('POST', `/servers/${bare.id}/actions/poweron`)).toBe('invalid_input 422');
  });
});

describe('locks', () => {
  test('while an action runs the server is locked and others are refused, then it is free', async () => {
    const { post, path, refuse, get, clock, remove } = await start();
    await post(`${path}/actions/reboot`);
    expect((await get(path)).server.locked).toBe(true);
    expect(await refuse('poweroff')).toBe('locked 423');
    expect(await remove(path)).toBe(423);
    clock.advance(3000);
    expect((await get(path)).server.locked).toBe(false);
    await post(`${path}/actions/poweroff`);
  });

  test('labels can be changed all the same', async () => {
    const { post, path, put } = await start();
    await post(`${path}/actions/reboot`);
    await put(path, { labels: { a: 'b' } });
  });
});

describe('disk', () => {
  test('another type needs a stopped server, boots it again, and grows the disk only when told to', async () => {
    const { act, refuse } = await start();
    expect(await refuse('change_type', { server_type: 'cx33', upgrade_disk: false })).toBe('server_not_stopped 422');
    await act('poweroff');
    const kept = await act('change_type', { server_type: 'cx33', upgrade_disk: false });
    expect(kept.server).toMatchObject({ status: 'running', primary_disk_size: 40, server_type: { name: 'cx33' } });
    await act('poweroff');
    const grown = await act('change_type', { server_type: 'cx43', upgrade_disk: true });
    expect(grown.server.primary_disk_size).toBe(160);
    await act('poweroff');
    expect(await refuse('change_type', { server_type: 'cx33', upgrade_disk: true })).toBe('invalid_server_type 422');
    expect(await refuse('change_type', { server_type: 'cax41', upgrade_disk: true })).toBe('invalid_server_type 422');
    expect(await refuse('change_type', { server_type: 'cx43' })).toBe('invalid_input 422');
  });

  test('a rebuild puts another image on it and gives a password', async () => {
    const { act, refuse } = await start();
    const { reply, server } = await act('rebuild', { image: 'ubuntu-24.04', user_data: '#!/bin/sh' });
    expect(reply.root_password).toMatch(/^\S+$/);
    expect(server).toMatchObject({ status: 'running', image: { name: 'ubuntu-24.04' } });
    expect(await refuse('rebuild', { image: 'none' })).toBe('invalid_input 422');
  });

  test('a snapshot is creating, then available with a size', async () => {
    const { post, path, get, clock, server } = await start();
    const labels = { keep: 'yes' };
    const { image, action } = await post(`${path}/actions/create_image`, { description: 'before', labels });
    expect(image).toMatchObject({
      type: 'snapshot',
      status: 'creating',
      name: null,
      image_size: null,
      disk_size: 40,
      created_from: { id: server.id, name: 'web-1' },
      bound_to: null,
      labels,
    });
    expect(action.resources).toEqual([
      { id: server.id, type: 'server' },
      { id: image.id, type: 'image' },
    ]);
    clock.advance(5000);
    const done = (await get(`/images/${image.id}`)).image;
    expect(done.status).toBe('available');
    expect(done.image_size).toBeGreaterThan(0);
  });

  test('backups need to be enabled, keep seven, and go when they are disabled', async () => {
    const { act, refuse, get, server } = await start();
    expect(await refuse('create_image', { type: 'backup' })).toBe('invalid_input 422');
    expect((await act('enable_backup')).server.backup_window).toMatch(/^\d\d-\d\d$/);
    for (let made = 0; made < 8; made += 1) await act('create_image', { type: 'backup' });
    const backups = await get(`/images?type=backup&bound_to=${server.id}`);
    expect(backups.images).toHaveLength(7);
    expect((await act('disable_backup')).server.backup_window).toBeNull();
    expect((await get('/images?type=backup')).images).toEqual([]);
  });
});

describe('ways in', () => {
  test('the rescue system is on until the next boot', async () => {
    const { act } = await start();
    const { reply, server } = await act('enable_rescue', { type: 'linux64' });
    expect(reply.root_password).toMatch(/^\S+$/);
    expect(server.rescue_enabled).toBe(true);
    expect((await act('reboot')).server.rescue_enabled).toBe(false);
    await act('poweroff');
    expect((await act('enable_rescue', {})).server.rescue_enabled).toBe(true);
    expect((await act('poweron')).server.rescue_enabled).toBe(false);
    await act('enable_rescue', {});
    expect((await act('disable_rescue')).server.rescue_enabled).toBe(false);
  });

  test('the rescue system lapses after an hour', async () => {
    const { act, clock, get, path } = await start();
    await act('enable_rescue', {});
    clock.advance(60 * 60 * 1000);
    expect((await get(path)).server.rescue_enabled).toBe(false);
  });

  test('passwords and the console need a running server', async () => {
    const { act, refuse } = await start();
    expect((await act('reset_password')).reply.root_password).toMatch(/^\S+$/);
    expect((await act('request_console')).reply.wss_url).toMatch(/^wss:/);
    await act('poweroff');
    expect(await refuse('reset_password')).toBe('unsupported_error 422');
    expect(await refuse('request_console')).toBe('unsupported_error 422');
  });

  test('an ISO goes in and out; out of an empty drive is done at once', async () => {
    const { act, post, path, refuse } = await start();
    expect((await act('attach_iso', { iso: 'netboot.xyz-multiarch.iso' })).server.iso.id).toBe(122_660);
    expect(await refuse('attach_iso', { iso: 'debian-13.1.0-arm64-netinst.iso' })).toBe('invalid_input 422');
    expect((await act('detach_iso')).server.iso).toBeNull();
    expect((await post(`${path}/actions/detach_iso`)).action.status).toBe('success');
  });
});

describe('placement groups and names', () => {
  test('a stopped server joins a group, which then cannot be deleted, and leaves it', async () => {
    const { act, refuse, post, refusal, server, remove } = await start();
    const { placement_group } = await post('/placement_groups', { name: 'apart', type: 'spread' });
    const body = { placement_group: placement_group.id };
    expect(await refuse('add_to_placement_group', body)).toBe('server_not_stopped 422');
    await act('poweroff');
    expect((await act('add_to_placement_group', body)).server.placement_group.servers).toEqual([server.id]);
    expect(await refuse('add_to_placement_group', body)).toBe('already_in_placement_group 422');
    expect(await refusal('DELETE', `/placement_groups/${placement_group.id}`)).toBe('resource_in_use 422');
    expect((await act('remove_from_placement_group')).server.placement_group).toBeNull();
    expect(await remove(`/placement_groups/${placement_group.id}`)).toBe(204);
  });

  test('a group takes ten servers', async () => {
    const opened = await open();
    const { placement_group } = await opened.post('/placement_groups', { name: 'apart', type: 'spread' });
    const group = { placement_group: placement_group.id };
    for (let number = 1; number <= 10; number += 1) await makeServer(opened, { name: `s${number}`, ...group });
    const body = { name: 's11', server_type: 'cx23', image: 'debian-13', location: 'fsn1', ...group };
    expect(await opened.refusal('POST', '/servers', body)).toBe('placement_error 412');
  });

  test('an address answers to the name it is given, and to its own again', async () => {
    const { act, server, refuse } = await start();
    const { ip, dns_ptr } = server.public_net.ipv4;
    const named = await act('change_dns_ptr', { ip, dns_ptr: 'web.example.com' });
    expect(named.server.public_net.ipv4.dns_ptr).toBe('web.example.com');
    const reset = await act('change_dns_ptr', { ip, dns_ptr: null });
    expect(reset.server.public_net.ipv4.dns_ptr).toBe(dns_ptr);
    const inNet = server.public_net.ipv6.ip.replace('/64', '1');
    const second = await act('change_dns_ptr', { ip: inNet, dns_ptr: 'six.example.com' });
    expect(second.server.public_net.ipv6.dns_ptr).toEqual([{ ip: inNet, dns_ptr: 'six.example.com' }]);
    expect(await refuse('change_dns_ptr', { ip: '9.9.9.9', dns_ptr: 'x.example.com' })).toBe('invalid_input 422');
  });
});

describe('action lists', () => {
  const ids = (body: { actions: { id: number }[] }) => body.actions.map(action => action.id);

  test('many actions are asked for by id, and without one the request is invalid', async () => {
    const { get, refusal, post, path } = await start();
    const { action } = await post(`${path}/actions/reboot`);
    const { actions } = await get(`${path}/actions`);
    const query = actions.map((action: { id: number }) => `id=${action.id}`).join('&');
    expect(ids(await get(`/actions?${query}&id=1`))).toEqual(ids({ actions }));
    expect(ids({ actions })).toContain(action.id);
    expect(await refusal('GET', '/actions')).toBe('invalid_input 422');
  });

  test('those of a server and of all servers are filtered and sorted', async () => {
    const { get, post, path, refusal } = await start();
    await post(`${path}/actions/reboot`);
    const running = await get(`${path}/actions?status=running`);
    expect(running.actions.map((action: { command: string }) => action.command)).toEqual(['reboot_server']);
    const all = await get('/servers/actions?sort=command:desc&sort=id');
    const commands = all.actions.map((action: { command: string }) => action.command);
    expect(commands).toEqual(['start_server', 'reboot_server', 'create_server']);
    expect(all.meta.pagination.total_entries).toBe(3);
    expect(ids(await get(`/servers/actions?id=${running.actions[0].id}`))).toEqual(ids(running));
    expect((await get(`/servers/actions/${running.actions[0].id}`)).action.status).toBe('running');
    expect((await get('/volumes/actions')).actions).toEqual([]);
    expect(await refusal('GET', '/servers/actions?sort=progress')).toBe('invalid_input 422');
  });
});

test('speed divides durations, and at infinite speed actions are born finished', async () => {
  const fast: Opened = await open({ speed: 10 });
  const body = { name: 'web-1', server_type: 'cx23', image: 'debian-13', location: 'fsn1' };
  const { server } = await fast.post('/servers', body);
  fast.clock.advance(400);
  expect((await fast.get(`/servers/${server.id}`)).server.status).toBe('running');
  const instant = await open({ speed: Number.POSITIVE_INFINITY });
  const made = await instant.post('/servers', body);
  expect(made).toMatchObject({ server: { status: 'running', locked: false }, action: { status: 'success' } });
});

test('a fixed duration holds for every action', async () => {
  const { post, get, clock } = await open({ actionDuration: 50, seed: { servers: 1 } });
  const { servers } = await get('/servers');
  const { action } = await post(`/servers/${servers[0].id}/actions/reboot`);
  clock.advance(49);
  expect((await get(`/actions/${action.id}`)).action.status).toBe('running');
  clock.advance(1);
  expect((await get(`/actions/${action.id}`)).action.status).toBe('success');
});
