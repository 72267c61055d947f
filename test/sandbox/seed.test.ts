import { afterEach, expect, test, vi } from 'vitest';
import { fingerprint } from '../../src/sandbox/resources/ssh-keys.ts';
import { type Json, open } from './open.ts';

afterEach(() => vi.restoreAllMocks());

test('servers, volumes, keys and snapshots are there from the beginning, the same each time', async () => {
  const seed = { servers: 12, volumes: 3, ssh_keys: 2, snapshots: 4 };
  const [one, other] = [await open({ seed }), await open({ seed })];
  for (const path of ['/servers', '/volumes', '/ssh_keys', '/images?type=snapshot', '/primary_ips']) {
    expect(await one.get(path)).toEqual(await other.get(path));
  }
  const { ssh_keys } = await one.get('/ssh_keys');
  expect(ssh_keys.map((key: Json) => fingerprint(key.public_key) === key.fingerprint)).toEqual([true, true]);
  const { servers } = await one.get('/servers');
  expect(servers[0]).toMatchObject({ name: 'web-0001', labels: { role: 'web', env: 'production', index: '1' } });
  expect(servers[0].public_net.ipv4.ip).not.toBe(servers[1].public_net.ipv4.ip);
});

test('a seed can be any function of the state, and is sown again by reset', async () => {
  let sown = 0;
  const { sandbox, get } = await open({
    seed(state) {
      sown += 1;
      for (const image of state.images.values()) if (image.type === 'app') state.images.delete(image.id);
    },
  });
  expect((await get('/images?type=app')).images).toEqual([]);
  sandbox.reset();
  expect(sown).toBe(2);
});

test('an error within the sandbox is a server_error, and is told on stderr', async () => {
  const stderr = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  const { sandbox, refusal, get } = await open();
  sandbox.state.volumes = undefined as never;
  expect(await refusal('GET', '/volumes')).toBe('server_error 500');
  expect(stderr.mock.calls.map(([text]) => String(text)).join('')).toContain('cloudctl sandbox: GET /volumes');
  expect((await get('/servers')).servers).toEqual([]);
});

test('own tokens take the place of the usual ones', async () => {
  const token = 'a'.repeat(64);
  const readOnlyToken = 'b'.repeat(64);
  const { sandbox, call, get } = await open({ token, readOnlyToken });
  expect([sandbox.token, sandbox.readOnlyToken]).toEqual([token, readOnlyToken]);
  await get('/servers');
  expect((await call('GET', '/servers', undefined, { Authorization: `Bearer ${readOnlyToken}` })).status).toBe(200);
});
