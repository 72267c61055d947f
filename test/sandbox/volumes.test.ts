import { describe, expect, test } from 'vitest';
import { makeServer, open } from './open.ts';

const wanted = { name: 'data', size: 10, location: 'fsn1' };

test('a volume is created, attached, detached, grown and deleted', async () => {
  const opened = await open();
  const { post, get, finish, refusal, remove, clock } = opened;
  const server = await makeServer(opened);
  const { volume, action, next_actions } = await post('/volumes', { ...wanted, format: 'ext4', labels: { a: 'b' } });
  const path = `/volumes/${volume.id}`;
  expect(volume).toMatchObject({ status: 'creating', server: null, format: 'ext4', size: 10, labels: { a: 'b' } });
  expect(volume.linux_device).toBe(`/dev/disk/by-id/scsi-0HC_Volume_${volume.id}`);
  expect([action.command, next_actions]).toEqual(['create_volume', []]);
  finish();
  expect((await get(path)).volume.status).toBe('available');

  const attached = await post(`${path}/actions/attach`, { server: server.id, automount: false });
  expect(attached.action.resources).toEqual([
    { id: server.id, type: 'server' },
    { id: volume.id, type: 'volume' },
  ]);
  expect((await get(path)).volume.server).toBeNull();
  clock.advance(1000);
  expect((await get(path)).volume.server).toBe(server.id);
  expect((await get(`/servers/${server.id}`)).server.volumes).toEqual([volume.id]);
  expect(await refusal('POST', `${path}/actions/attach`, { server: server.id })).toBe('volume_already_attached 422');
  expect(await refusal('DELETE', path)).toBe('resource_in_use 422');

  await post(`${path}/actions/resize`, { size: 20 });
  finish();
  expect((await get(path)).volume.size).toBe(20);
  expect(await refusal('POST', `${path}/actions/resize`, { size: 20 })).toBe('invalid_input 422');

  await post(`${path}/actions/detach`);
  finish();
  expect((await get(path)).volume.server).toBeNull();
  expect((await get(`/servers/${server.id}`)).server.volumes).toEqual([]);
  expect(await refusal('POST', `${path}/actions/detach`)).toBe('invalid_input 422');
  expect(await remove(path)).toBe(204);
  expect(await refusal('GET', path)).toBe('not_found 404');
});

test('a volume made for a server is attached by a following action', async () => {
  const opened = await open();
  const server = await makeServer(opened);
  const body = { name: 'data', size: 10, server: server.id, automount: true, format: 'xfs' };
  const { volume, next_actions } = await opened.post('/volumes', body);
  expect(next_actions[0].command).toBe('attach_volume');
  opened.finish();
  expect((await opened.get(`/volumes/${volume.id}`)).volume).toMatchObject({
    server: server.id,
    location: { name: 'fsn1' },
  });
});

test('an attachment locks volume and server, and waits for neither', async () => {
  const opened = await open();
  const { post, refusal, finish } = opened;
  const server = await makeServer(opened);
  const { volume } = await post('/volumes', wanted);
  finish();
  await post(`/volumes/${volume.id}/actions/attach`, { server: server.id });
  expect(await refusal('POST', `/volumes/${volume.id}/actions/resize`, { size: 20 })).toBe('locked 423');
  expect(await refusal('POST', `/servers/${server.id}/actions/reboot`)).toBe('locked 423');
});

test('server and volume must be in one place', async () => {
  const opened = await open();
  const server = await makeServer(opened);
  const { volume } = await opened.post('/volumes', { ...wanted, location: 'nbg1' });
  opened.finish();
  expect(await opened.refusal('POST', `/volumes/${volume.id}/actions/attach`, { server: server.id })).toBe(
    'invalid_input 422',
  );
});

test('protection stops deletion', async () => {
  const { post, finish, remove, refusal } = await open();
  const { volume } = await post('/volumes', wanted);
  finish();
  await post(`/volumes/${volume.id}/actions/change_protection`, { delete: true });
  finish();
  expect(await refusal('DELETE', `/volumes/${volume.id}`)).toBe('protected 423');
  await post(`/volumes/${volume.id}/actions/change_protection`, { delete: false });
  finish();
  expect(await remove(`/volumes/${volume.id}`)).toBe(204);
});

describe('what is refused', () => {
  test.each([
    ['neither place nor server', { name: 'a', size: 10 }],
    ['a place and a server', { name: 'a', size: 10, location: 'fsn1', server: 1 }],
    ['too small', { ...wanted, size: 9 }],
    ['too large', { ...wanted, size: 10_241 }],
    ['a fraction', { ...wanted, size: 10.5 }],
    ['another format', { ...wanted, format: 'ntfs' }],
    ['automount without a server', { ...wanted, automount: true }],
    ['a long name', { ...wanted, name: 'x'.repeat(65) }],
    ['no such place', { ...wanted, location: 'moon' }],
  ])('%s', async (_reason, body) => {
    const { refusal } = await open();
    expect(await refusal('POST', '/volumes', body)).toBe('invalid_input 422');
  });

  test('a name that is taken, also on renaming', async () => {
    const { post, put, refusal } = await open();
    await post('/volumes', wanted);
    const { volume } = await post('/volumes', { ...wanted, name: 'other' });
    expect(await refusal('POST', '/volumes', wanted)).toBe('uniqueness_error 409');
    expect(await refusal('PUT', `/volumes/${volume.id}`, { name: 'data' })).toBe('uniqueness_error 409');
    expect((await put(`/volumes/${volume.id}`, { name: 'third' })).volume.name).toBe('third');
  });
});
