import { describe, expect, test } from 'vitest';
import { fingerprint } from '../../src/sandbox/resources/ssh-keys.ts';
import { makeServer, open, publicKey } from './open.ts';

describe('SSH keys', () => {
  test('the fingerprint is what ssh-keygen -E md5 prints', () => {
    const key = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl comment here';
    expect(fingerprint(key)).toBe('65:96:2d:fc:e8:d5:a9:11:64:0c:0f:ea:00:6e:5b:bd');
    expect(fingerprint('ssh-rsa AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl')).toBeUndefined();
  });

  test('a key is created, found by name and fingerprint, renamed, labelled and deleted', async () => {
    const { post, get, put, remove, refusal } = await open();
    const body = { name: 'me', public_key: publicKey(), labels: { who: 'me' } };
    const { ssh_key } = await post('/ssh_keys', body);
    expect(ssh_key).toMatchObject({ name: 'me', labels: { who: 'me' }, fingerprint: fingerprint(publicKey()) });
    expect((await get('/ssh_keys?name=me')).ssh_keys).toEqual([ssh_key]);
    const byPrint = await get(`/ssh_keys?fingerprint=${encodeURIComponent(ssh_key.fingerprint)}`);
    expect(byPrint.ssh_keys).toEqual([ssh_key]);
    const changed = await put(`/ssh_keys/${ssh_key.id}`, { name: 'you', labels: {} });
    expect(changed.ssh_key).toMatchObject({ name: 'you', labels: {} });
    expect(await remove(`/ssh_keys/${ssh_key.id}`)).toBe(204);
    expect(await refusal('GET', `/ssh_keys/${ssh_key.id}`)).toBe('not_found 404');
  });

  test('a key and a name are there once; what is no key is told by field', async () => {
    const { post, call, refusal } = await open();
    await post('/ssh_keys', { name: 'me', public_key: publicKey(1) });
    expect(await refusal('POST', '/ssh_keys', { name: 'me', public_key: publicKey(2) })).toBe('uniqueness_error 409');
    const again = await call('POST', '/ssh_keys', { name: 'you', public_key: publicKey(1) });
    expect(again.body.error.details).toEqual({ fields: [{ name: 'public_key' }] });
    const wrong = await call('POST', '/ssh_keys', { name: 'x', public_key: 'ssh-rsa nonsense' });
    expect([wrong.body.error.code, wrong.body.error.details.fields[0].name]).toEqual(['invalid_input', 'public_key']);
  });
});

describe('images', () => {
  async function snapshot(type = 'snapshot') {
    const opened = await open();
    const server = await makeServer(opened);
    await opened.post(`/servers/${server.id}/actions/enable_backup`);
    opened.finish();
    const { image } = await opened.post(`/servers/${server.id}/actions/create_image`, { type });
    opened.finish();
    return { ...opened, path: `/images/${image.id}`, server };
  }

  test('description and labels are changed; a backup becomes a snapshot', async () => {
    const { put, path } = await snapshot('backup');
    const body = { description: 'kept', labels: { a: 'b' }, type: 'snapshot' };
    expect((await put(path, body)).image).toMatchObject({ ...body, bound_to: null });
  });

  test('a snapshot is protected and deleted', async () => {
    const { post, path, finish, refusal, remove, get } = await snapshot();
    await post(`${path}/actions/change_protection`, { delete: true });
    finish();
    expect(await refusal('DELETE', path)).toBe('protected 423');
    await post(`${path}/actions/change_protection`, { delete: false });
    finish();
    expect((await get(`${path}/actions`)).actions).toHaveLength(3);
    expect(await remove(path)).toBe(204);
    expect(await refusal('GET', path)).toBe('not_found 404');
  });

  test('a backup cannot be protected, and what is Hetzner’s cannot be changed', async () => {
    const { refusal, path, get } = await snapshot('backup');
    expect(await refusal('POST', `${path}/actions/change_protection`, { delete: true })).toBe('invalid_input 422');
    const system = (await get('/images?name=debian-13')).images[0].id;
    expect(await refusal('DELETE', `/images/${system}`)).toBe('invalid_input 422');
    expect(await refusal('PUT', `/images/${system}`, { description: 'mine' })).toBe('invalid_input 422');
  });

  test('it cannot be deleted while it is made', async () => {
    const opened = await open();
    const server = await makeServer(opened);
    const { image } = await opened.post(`/servers/${server.id}/actions/create_image`, {});
    expect(await opened.refusal('DELETE', `/images/${image.id}`)).toBe('locked 423');
  });
});

describe('the catalogue', () => {
  test('a server type tells stock, deprecation and price by place', async () => {
    const { get } = await open();
    const { server_types } = await get('/server_types?name=cpx11');
    const [type] = server_types;
    const places = Object.fromEntries(type.locations.map((place: { name: string }) => [place.name, place]));
    expect(places.fsn1).toMatchObject({ available: false, deprecation: { announced: expect.any(String) } });
    expect(places.ash).toMatchObject({ available: true, deprecation: null });
    expect(type.prices.map((price: { location: string }) => price.location)).toEqual(Object.keys(places));
    expect((await get(`/server_types/${type.id}`)).server_type).toEqual(type);
  });

  test('the price list has every server type, in decimal strings', async () => {
    const { get } = await open();
    const { pricing } = await get('/pricing');
    expect(pricing.server_types).toHaveLength((await get('/server_types')).server_types.length);
    expect(pricing.image.price_per_gb_month).toEqual({ net: '0.0110000000', gross: '0.0130900000' });
    expect(pricing.server_backup.percentage).toMatch(/^20/);
  });

  test('places, images and ISOs are shown one by one', async () => {
    const { get } = await open();
    expect((await get('/locations/1')).location.name).toBe('fsn1');
    expect((await get('/isos/122660')).iso.architecture).toBeNull();
    const { images } = await get('/images?name=debian-12');
    expect((await get(`/images/${images[0].id}`)).image).toEqual(images[0]);
  });
});
