import { describe, expect, it } from 'vitest';
import { hashToken, newToken } from '../../../src/core/auth/gateway-token.ts';
import { housekeep } from '../../../src/daemon/api/housekeep.ts';
import { stores } from '../../helpers/stores.ts';
import { gather } from './people.ts';

const claims = { user: 'user_01', session: 's', roles: [], permissions: [], expiresAt: 0, issuedAt: 0 };

describe.each(stores)('whose a token is, on $name', ({ open }) => {
  it('tells the user with name, role, team and home', async () => {
    const { people, user, token } = await gather(open);
    const id = await user('ada@example.com', { team: 'web', project_id: 7 });
    expect(await people.byToken(await token(id, { project_id: 9, selector: 'env=dev' }))).toMatchObject({
      name: 'token ci (ada@example.com)',
      user: id,
      role: 'client',
      owner: 'team-web',
      owners: ['team-web', `user-${id}`],
      home: 7,
      project: 9,
      selector: 'env=dev',
    });
    const session = await people.byToken(await token(id, { kind: 'session' }));
    expect(session).toMatchObject({ name: 'ada@example.com', owner: 'team-web' });
    expect(session.project).toBeUndefined();
  });

  it('tells the administrator of the host for a token of no user', async () => {
    const { people, token } = await gather(open);
    expect(await people.byToken(await token(null))).toMatchObject({
      name: 'token ci (root@socket)',
      role: 'admin',
      owner: 'admin',
      owners: ['admin'],
    });
  });

  it('is refused when it is revoked, expired, of a user who is not active, unknown or mistyped', async () => {
    const { people, user, token, change, clock, store } = await gather(open);
    const id = await user('ada@example.com');
    const good = await token(id);
    await people.byToken(good);
    await change(id, { state: 'disabled' });
    await expect(people.byToken(good)).rejects.toThrow('the user of the token is not active');
    await change(id, { state: 'active' });
    await clock.advance(3_599_999);
    await people.byToken(good);
    await clock.advance(1);
    await expect(people.byToken(good)).rejects.toThrow('the token has expired');
    const other = await token(id, { kind: 'session' });
    await people.byToken(other);
    await store.commit([{ query: store.db.updateTable('tokens').set({ revoked: 1 }) }]);
    await expect(people.byToken(other)).rejects.toThrow('the session was revoked');
    await expect(people.byToken(newToken('token'))).rejects.toMatchObject({ code: 'unauthorized' });
    await expect(people.byToken(hashToken(good))).rejects.toThrow('the token is not known');
  });

  it('refuses a mistyped one without asking the store', async () => {
    const { people, store } = await gather(open);
    await store.close();
    await expect(people.byToken('x'.repeat(64))).rejects.toThrow('the token is not known');
    await expect(people.byToken(newToken('invitation'))).rejects.toThrow('the token is not known');
  });

  it('has what the role grants at this moment, of which a token has no more than it was made for', async () => {
    const { people, user, token, change, role } = await gather(open);
    await role('tokens-only', { 'token:read': 'own' });
    const id = await user('ada@example.com', { role: 'admin' });
    const whole = await token(id);
    const some = await token(id, { permissions: JSON.stringify(['user:*']) });
    const less = await token(id, { role: 'tokens-only' });
    expect((await people.byToken(whole)).grants).toMatchObject({ 'user:write': 'all', 'token:read': 'all' });
    expect((await people.byToken(some)).grants).toEqual({ 'user:read': 'all', 'user:write': 'all' });
    expect((await people.byToken(less)).grants['token:read']).toBe('own');
    expect((await people.byToken(less)).grants['user:write'] ?? 'none').toBe('none');
    await change(id, { role: 'client' });
    expect((await people.byToken(whole)).grants['user:write'] ?? 'none').toBe('none');
    expect(Object.values((await people.byToken(some)).grants).filter(grant => grant !== 'none')).toEqual([]);
    await change(id, { role: 'gone' });
    expect((await people.byToken(whole)).grants).toEqual({});
  });

  it('knows a role that was made here with the next request after it was changed', async () => {
    const { people, user, token, role, store } = await gather(open);
    await role('night', { 'backup:read': 'all' });
    const text = await token(await user('ada@example.com', { role: 'night' }));
    expect((await people.byToken(text)).grants).toEqual({ 'backup:read': 'all' });
    const permissions = JSON.stringify({ 'job:read': 'all' });
    await store.commit([{ query: store.db.updateTable('roles').set({ permissions }) }]);
    expect((await people.byToken(text)).grants).toEqual({ 'job:read': 'all' });
  });

  it('can be seen for ninety days after its end, and is then forgotten', async () => {
    const { user, token, clock, store, audit } = await gather(open);
    const id = await user('ada@example.com');
    await token(id, { expires: clock.now() + 1000 });
    await token(id, { expires: clock.now() + 86_400_000 });
    const left = async () => {
      await housekeep({ store, clock, audit });
      return (await store.db.selectFrom('tokens').select('id').execute()).length;
    };
    await clock.advance(1000 + 90 * 86_400_000);
    expect(await left()).toBe(2);
    await clock.advance(1);
    expect(await left()).toBe(1);
  });

  it('notes its use once a minute at most, and lets everybody in when that cannot be written', async () => {
    const { people, user, token, clock, store, logged } = await gather(open);
    const text = await token(await user('ada@example.com'));
    const used = async () => {
      await new Promise(resolve => setTimeout(resolve, 30));
      return (await store.db.selectFrom('tokens').select('used').executeTakeFirstOrThrow()).used;
    };
    const began = clock.now();
    await Promise.all([people.byToken(text), people.byToken(text)]);
    expect(await used()).toBe(began);
    await clock.advance(59_999);
    await people.byToken(text);
    expect(await used()).toBe(began);
    await clock.advance(1);
    store.commit = () => Promise.reject(new Error('the disk is full'));
    await people.byToken(text);
    expect(await used()).toBe(began);
    expect(logged).toEqual(['not noted']);
  });
});

describe.each(stores)('somebody who comes by WorkOS, on $name', ({ open }) => {
  it('is entered at the first sight, once, as a viewer where WorkOS names no role of ours', async () => {
    const { people, store } = await gather(open);
    const [one, two] = await Promise.all([people.byWorkos(claims), people.byWorkos({ ...claims, role: 'member' })]);
    expect(one).toMatchObject({ name: 'user_01', role: 'viewer', user: 1, owner: 'user-1' });
    expect(two.user).toBe(one.user);
    const entries = await store.db.selectFrom('audit').select(['action', 'actor', 'target_name']).execute();
    expect(entries).toEqual([{ action: 'user.create', actor: 'workos', target_name: 'user_01' }]);
  });

  it('has the role that WorkOS gives, from the request on in which it gives it', async () => {
    const { people, role, token, store } = await gather(open);
    await role('night', { 'backup:read': 'all' });
    const roleWith = async (given: object) => (await people.byWorkos({ ...claims, ...given })).role;
    expect(await roleWith({ role: 'admin' })).toBe('admin');
    const text = await token(1);
    expect((await people.byToken(text)).role).toBe('admin');
    expect(await roleWith({ role: 'member', roles: ['member', 'operator'] })).toBe('operator');
    expect(await roleWith({ role: 'member', roles: ['operator', 'admin'] })).toBe('admin');
    expect(await roleWith({ role: 'night' })).toBe('night');
    expect((await people.byToken(text)).grants).toEqual({ 'backup:read': 'all' });
    expect(await roleWith({ role: 'member' })).toBe('viewer');
    expect((await people.byToken(text)).role).toBe('viewer');
    const changes = await store.db.selectFrom('audit').select('action').execute();
    expect(changes.filter(({ action }) => action === 'user.update')).toHaveLength(4);
  });

  it('is refused when disabled here, and is told by whom it was signed in for', async () => {
    const { people, change } = await gather(open);
    expect((await people.byWorkos({ ...claims, actor: 'support_1' })).name).toBe('user_01 (by support_1)');
    await change(1, { state: 'disabled' });
    await expect(people.byWorkos(claims)).rejects.toMatchObject({ code: 'forbidden', message: 'user_01 is disabled' });
  });
});
