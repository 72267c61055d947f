import { describe, expect, it, onTestFinished } from 'vitest';
import { hashToken, kindOfToken } from '../../../src/core/auth/gateway-token.ts';
import type { Store } from '../../../src/core/store/store.ts';
import { fakeClock } from '../../helpers/clock.ts';
import { stores } from '../../helpers/stores.ts';
import { openApi } from '../api/served.ts';
import { entering } from './people.ts';

const password = 'correct horse battery';

/** The API with people, and ways to ask as one of them. */
async function open(openStore: () => Promise<Store>) {
  const store = await openStore();
  onTestFinished(() => store.close());
  const clock = fakeClock(undefined, { auto: false });
  const api = await openApi({ store, clock });
  const root = (method: string, path: string, body?: unknown) => api.ask(method, `/cloudctl/v1/${path}`, body);
  const as = (token: string) => (method: string, path: string, body?: unknown) =>
    api.ask(method, `/cloudctl/v1/${path}`, body, { authorization: `Bearer ${token}` }, 'tcp');
  const stranger = (method: string, path: string, body?: unknown) =>
    api.ask(method, `/cloudctl/v1/${path}`, body, { 'content-type': 'application/json' }, 'tcp');
  const signIn = async (email: string, given = password) =>
    (await stranger('POST', 'sessions', { email, password: given })).body.token as string;
  return { ...api, store, clock, root, as, stranger, signIn, ...entering(store, clock.now) };
}

describe.each(stores)('users, on $name', ({ open: openStore }) => {
  it('are made with a password that is nowhere to be read, and can then sign in', async () => {
    const { root, signIn, as, store, entries, logged } = await open(openStore);
    const made = await root('POST', 'users', { email: 'Ada@Example.com', role: 'operator', team: 'web', password });
    expect(made).toMatchObject({
      status: 201,
      body: { user: { id: 1, email: 'ada@example.com', role: 'operator', team: 'web', state: 'active' } },
    });
    const ada = as(await signIn('ADA@example.com'));
    expect((await ada('GET', 'sessions/current')).body.current).toMatchObject({
      name: 'ada@example.com',
      user: 1,
      role: 'operator',
      owner: 'team-web',
    });
    const kept = JSON.stringify([
      made.body,
      await entries(),
      logged,
      await store.db.selectFrom('users').selectAll().execute(),
    ]);
    expect(kept).not.toMatch('horse');
  });

  it('are refused with an address, a role, a team, a project or a password that is none', async () => {
    const { root } = await open(openStore);
    const base = { email: 'ada@example.com', password };
    await root('POST', 'users', base);
    for (const [given, message] of [
      [{ email: 'nobody' }, 'is not an e-mail address'],
      [{}, 'there is a user ada@example.com already'],
      [{ email: 'b@example.com', role: 'king' }, "there is no role 'king'"],
      [{ email: 'b@example.com', team: 'A b' }, 'is no name for a team'],
      [{ email: 'b@example.com', project: 'none' }, "there is no project 'none'"],
      [{ email: 'b@example.com', password: 'short' }, 'a password has 12 characters at least'],
    ] as const) {
      const answer = await root('POST', 'users', { ...base, ...given });
      expect(answer.status, message).toBeGreaterThanOrEqual(400);
      expect(answer.body.error.message).toMatch(message);
    }
    expect((await root('GET', 'users')).body.users).toHaveLength(1);
  });

  it('choose a password with an invitation, which is good once and for seven days', async () => {
    const { root, stranger, signIn, clock, store } = await open(openStore);
    const { body, status } = await root('POST', 'users/invite', { email: 'ada@example.com' });
    expect(status).toBe(201);
    expect(body.user).toMatchObject({ state: 'invited', role: 'client', signs_in: [] });
    expect(kindOfToken(body.invitation)).toBe('invitation');
    expect(JSON.stringify(await store.db.selectFrom('users').selectAll().execute())).not.toContain(body.invitation);
    const accept = (token: string, given = password) =>
      stranger('POST', 'invitations/accept', { token, password: given });
    expect(await accept(body.invitation, 'short')).toMatchObject({ status: 422 });
    expect(await accept(body.invitation)).toMatchObject({
      status: 201,
      body: { session: { user: 'ada@example.com' } },
    });
    expect(await accept(body.invitation)).toMatchObject({ status: 401 });
    expect(await signIn('ada@example.com')).toMatch(/^cctls/);
    const late = (await root('POST', 'users/invite', { email: 'ben@example.com' })).body.invitation;
    await clock.advance(7 * 86_400_000);
    expect(await accept(late)).toMatchObject({ status: 401 });
  });

  it('lose every session and token at once when disabled, reset or deleted', async () => {
    const { root, as, signIn, token, stranger } = await open(openStore);
    await root('POST', 'users', { email: 'ada@example.com', role: 'operator', password });
    for (const end of ['actions/disable', 'actions/reset_password', '']) {
      const id = (await root('GET', 'users?name=ada@example.com')).body.users[0].id;
      const held = [await signIn('ada@example.com'), await token(id)].map(as);
      for (const ask of held) expect((await ask('GET', 'schedules')).status).toBe(200);
      const answer = await root(end === '' ? 'DELETE' : 'POST', `users/${id}${end && `/${end}`}`);
      expect(answer.status).toBeLessThan(300);
      for (const ask of held) expect((await ask('GET', 'schedules')).status).toBe(401);
      expect(await stranger('POST', 'sessions', { email: 'ada@example.com', password })).toMatchObject({ status: 401 });
      if (end === 'actions/disable') {
        held.push(as(await token(id)));
        expect((await root('POST', `users/${id}/actions/enable`)).body.user.state).toBe('active');
        for (const ask of held) expect((await ask('GET', 'schedules')).status).toBe(401);
      }
      if (end === 'actions/reset_password') {
        const accepted = { token: answer.body.invitation, password };
        expect((await stranger('POST', 'invitations/accept', accepted)).status).toBe(201);
      }
    }
    expect((await root('GET', 'users')).body.users).toEqual([]);
  });

  it('neither disable, delete nor raise themselves, and change nobody who may more than they', async () => {
    const { root, as, user, token, role } = await open(openStore);
    await role('desk', { 'user:read': 'all', 'user:write': 'all' });
    const admin = await user('root@example.com', { role: 'admin' });
    const desk = await user('desk@example.com', { role: 'desk' });
    const asDesk = as(await token(desk));
    expect(await asDesk('POST', `users/${desk}/actions/disable`)).toMatchObject({ status: 422 });
    expect(await asDesk('DELETE', `users/${desk}`)).toMatchObject({ status: 422 });
    expect(await asDesk('PUT', `users/${desk}`, { role: 'admin' })).toMatchObject({ status: 422 });
    for (const [method, path] of [
      ['POST', 'actions/disable'],
      ['POST', 'actions/reset_password'],
      ['PUT', ''],
      ['DELETE', ''],
    ] as const) {
      const at = `users/${admin}${path && `/${path}`}`;
      expect(await asDesk(method, at, method === 'PUT' ? { name: 'x' } : undefined), at).toMatchObject({ status: 403 });
    }
    expect(await asDesk('POST', 'users/invite', { email: 'x@example.com', role: 'admin' })).toMatchObject({
      status: 403,
    });
    const other = await user('second@example.com', { role: 'desk' });
    expect(await asDesk('PUT', `users/${other}`, { role: 'admin' })).toMatchObject({ status: 403 });
    expect(await root('DELETE', `users/${admin}`)).toMatchObject({ status: 204 });
  });

  it('have the role of WorkOS where they come by it', async () => {
    const { root, user } = await open(openStore);
    const id = await user('user_01', { workos_id: 'user_01', workos_role: 'operator' });
    expect((await root('GET', `users/${id}`)).body.user).toMatchObject({ role: 'operator', signs_in: ['workos'] });
    expect((await root('PUT', `users/${id}`, { role: 'client' })).body.error.message).toMatch('from WorkOS');
    expect(await root('POST', `users/${id}/actions/reset_password`)).toMatchObject({ status: 422 });
    expect((await root('PUT', `users/${id}`, { team: 'web' })).body.user.team).toBe('web');
    expect((await root('PUT', `users/${id}`, { team: '' })).body.user.team).toBeNull();
  });
});

describe.each(stores)('tokens, on $name', ({ open: openStore }) => {
  it('are told once, kept as a hash, and refused with the next request after they were revoked', async () => {
    const { root, as, store, entries } = await open(openStore);
    const { status, body } = await root('POST', 'tokens', { name: 'ci', permissions: ['schedule:*'], ttl: 3_600_000 });
    expect(status).toBe(201);
    expect(body.text).toMatch(/^cctlt[A-Za-z0-9]{59}$/);
    expect(body.token).toMatchObject({ name: 'ci', user: null, permissions: ['schedule:*'], state: 'active' });
    const all = JSON.stringify([await entries(), await store.db.selectFrom('tokens').selectAll().execute()]);
    expect(all).not.toContain(body.text);
    expect(all).toContain(hashToken(body.text));
    const ci = as(body.text);
    expect((await ci('GET', 'schedules')).status).toBe(200);
    expect((await ci('GET', 'jobs')).status).toBe(403);
    expect((await root('POST', `tokens/${body.token.id}/actions/revoke`)).body.token.state).toBe('revoked');
    expect((await ci('GET', 'schedules')).body.error).toMatchObject({
      code: 'unauthorized',
      message: 'the token was revoked',
    });
  });

  it('expire, after a year at the latest', async () => {
    const { root, as, clock } = await open(openStore);
    expect(await root('POST', 'tokens', { name: 'x', ttl: 367 * 86_400_000 })).toMatchObject({ status: 422 });
    expect(await root('POST', 'tokens', { name: 'x', ttl: 59_999 })).toMatchObject({ status: 422 });
    const made = (await root('POST', 'tokens', { name: 'x' })).body;
    expect(Date.parse(made.token.expires) - clock.now()).toBe(90 * 86_400_000);
    await clock.advance(90 * 86_400_000);
    expect((await as(made.text)('GET', 'schedules')).status).toBe(401);
    expect((await root('GET', 'tokens')).body.tokens).toMatchObject([{ state: 'expired' }]);
    expect((await root('GET', 'tokens?state=active')).body.tokens).toEqual([]);
  });

  it('are seen, made and revoked by their user, and of others not even known', async () => {
    const { root, as, signIn } = await open(openStore);
    for (const name of ['ada', 'ben']) await root('POST', 'users', { email: `${name}@example.com`, password });
    const [ada, ben] = [as(await signIn('ada@example.com')), as(await signIn('ben@example.com'))];
    const own = (await ada('POST', 'tokens', { name: 'mine' })).body.token;
    expect(own.user).toBe('ada@example.com');
    expect((await ben('GET', 'tokens')).body.tokens).toEqual([]);
    for (const [method, path] of [
      ['GET', ''],
      ['POST', '/actions/revoke'],
    ] as const) {
      const foreign = await ben(method, `tokens/${own.id}${path}`);
      const none = await ben(method, `tokens/${own.id + 1000}${path}`);
      expect(foreign.status).toBe(404);
      expect(JSON.stringify(foreign.body).replaceAll(String(own.id), 'ID')).toBe(
        JSON.stringify(none.body).replaceAll(String(own.id + 1000), 'ID'),
      );
    }
    expect(await ben('POST', 'tokens', { name: 'x', user: 'ada@example.com' })).toMatchObject({ status: 403 });
    expect((await ada('POST', `tokens/${own.id}/actions/revoke`)).body.token.state).toBe('revoked');
    expect((await root('POST', 'tokens', { name: 'for-ben', user: 'ben@example.com' })).body.token.user).toBe(
      'ben@example.com',
    );
    expect((await ben('GET', 'tokens')).body.tokens).toMatchObject([{ name: 'for-ben' }]);
  });

  it('make no tokens', async () => {
    const { root, as } = await open(openStore);
    const { text } = (await root('POST', 'tokens', { name: 'a' })).body;
    expect((await as(text)('POST', 'tokens', { name: 'b' })).body.error.message).toBe('a token makes no tokens');
  });

  it('are never stronger than who makes them, then and later', async () => {
    const { root, as, user, token, role } = await open(openStore);
    await role('maker', { 'token:read': 'all', 'token:write': 'all', 'session:read': 'own', 'job:read': 'all' });
    await user('root@example.com', { role: 'admin' });
    const maker = await user('maker@example.com', { role: 'maker' });
    const ask = as(await token(maker, { kind: 'session' }));
    expect(await ask('POST', 'tokens', { name: 'x', user: 'root@example.com' })).toMatchObject({ status: 403 });
    const few = await ask('POST', 'tokens', { name: 'x', user: 'root@example.com', permissions: ['job:read'] });
    expect(few.status).toBe(201);
    const own = as((await ask('POST', 'tokens', { name: 'y' })).body.text);
    expect((await own('GET', 'jobs')).status).toBe(200);
    await root('PUT', `users/${maker}`, { role: 'viewer' });
    expect((await own('GET', 'jobs')).status).toBe(403);
  });

  it('have names that leave their refusals room in the audit log', async () => {
    const { root, as, entries } = await open(openStore);
    const email = `${'ü'.repeat(40)}@${'ü'.repeat(39)}`;
    await root('POST', 'users', { email, password, role: 'client' });
    expect(await root('POST', 'users', { email: `${email}eee`, password })).toMatchObject({ status: 422 });
    expect(await root('POST', 'tokens', { name: 'ü'.repeat(32) })).toMatchObject({ status: 422 });
    const { text } = (await root('POST', 'tokens', { name: 'ü'.repeat(31), user: email })).body;
    expect((await as(text)('POST', 'freeze')).status).toBe(403);
    expect((await entries()).at(-1)).toMatchObject({ action: 'daemon.freeze', result: 'refused' });
  });

  it('are refused with permissions that there are not', async () => {
    const { root } = await open(openStore);
    for (const permissions of [['servers:fly'], ['cars:*'], ['']]) {
      expect(await root('POST', 'tokens', { name: 'x', permissions })).toMatchObject({ status: 422 });
    }
  });
});

describe.each(stores)('sessions, on $name', ({ open: openStore }) => {
  it('end by themselves, by signing out, and by an administrator', async () => {
    const { root, as, signIn, clock } = await open(openStore);
    await root('POST', 'users', { email: 'ada@example.com', password });
    const texts = [await signIn('ada@example.com'), await signIn('ada@example.com'), await signIn('ada@example.com')];
    const [first, second, third] = texts.map(as);
    expect((await first!('GET', 'sessions')).body.sessions).toHaveLength(3);
    expect((await first!('DELETE', 'sessions/current')).status).toBe(204);
    expect((await first!('GET', 'sessions/current')).status).toBe(401);
    const [newest] = (await root('GET', 'sessions')).body.sessions;
    await root('POST', `sessions/${newest.id}/actions/revoke`);
    expect((await third!('GET', 'sessions/current')).status).toBe(401);
    await clock.advance(43_200_000 - 1);
    expect((await second!('GET', 'sessions/current')).status).toBe(200);
    await clock.advance(1);
    expect((await second!('GET', 'sessions/current')).status).toBe(401);
    expect((await root('GET', 'sessions')).body.sessions).toEqual([]);
    expect(await root('DELETE', 'sessions/current')).toMatchObject({ status: 422 });
  });
});

describe.each(stores)('roles and permits, on $name', ({ open: openStore }) => {
  it('are there from the beginning, never changed, and can be made into others', async () => {
    const { root, user, token, as } = await open(openStore);
    const roles = (await root('GET', 'roles')).body.roles;
    expect(roles.map(({ name }: { name: string }) => name)).toEqual([
      'admin',
      'operator',
      'client',
      'viewer',
      'auditor',
    ]);
    expect(await root('PUT', '/roles/1'.slice(1), { summary: 'x' })).toMatchObject({ status: 422 });
    expect(await root('DELETE', 'roles/2')).toMatchObject({ status: 422 });
    expect(await root('POST', 'roles', { name: 'admin' })).toMatchObject({ status: 409 });
    const grants = ['job:*=all', 'servers:power=none'];
    const made = (await root('POST', 'roles', { name: 'night', from: 'client', grants })).body.role;
    expect(made.grants).toMatchObject({ 'job:read': 'all', 'job:write': 'all', 'servers:read': 'own' });
    expect(made.grants['servers:power']).toBeUndefined();
    const ask = as(await token(await user('ada@example.com', { role: 'night' })));
    expect((await ask('GET', 'jobs')).status).toBe(200);
    await root('PUT', `roles/${made.id}`, { grants: ['job:read=none'] });
    expect((await ask('GET', 'jobs')).status).toBe(403);
    expect((await root('DELETE', `roles/${made.id}`)).body.error.message).toMatch('in use: 1 users and 0 tokens');
    await root('PUT', 'users/1', { role: 'client' });
    expect(await root('DELETE', `roles/${made.id}`)).toMatchObject({ status: 204 });
  });

  it('are refused with grants that say nothing, or more than the maker has', async () => {
    const { root, as, user, token, role } = await open(openStore);
    for (const grant of ['servers:read', 'servers:fly=all', 'servers:read=perhaps', 'job:read=own', '=all']) {
      expect(await root('POST', 'roles', { name: 'x', grants: [grant] }), grant).toMatchObject({ status: 422 });
    }
    await role('maker', { 'role:read': 'all', 'role:write': 'all' });
    const ask = as(await token(await user('ada@example.com', { role: 'maker' })));
    expect(await ask('POST', 'roles', { name: 'x', grants: ['user:write=all'] })).toMatchObject({ status: 403 });
    expect(await ask('POST', 'roles', { name: 'x', grants: ['role:read=all'] })).toMatchObject({ status: 201 });
  });

  it('permits name one user, one permission and one resource', async () => {
    const { root, as, user, token, store, clock } = await open(openStore);
    const values = { name: 'main', endpoint: 'x', token: null, token_expires: null, created: clock.now(), updated: 0 };
    await store.commit([{ query: store.db.insertInto('projects').values(values as never) }]);
    const ada = await user('ada@example.com');
    const ben = await user('ben@example.com');
    const given = { user: 'ada@example.com', permission: 'servers:takeover', resource: 'servers/42' };
    const made = (await root('POST', 'permits', given)).body.permit;
    expect(made).toMatchObject({ ...given, project: 'main', author: 'socket' });
    expect(await root('POST', 'permits', given)).toMatchObject({ status: 409 });
    for (const wrong of [{ resource: '42' }, { permission: 'user:write' }, { project: 'x' }]) {
      expect((await root('POST', 'permits', { ...given, ...wrong })).status).toBe(422);
    }
    expect((await as(await token(ada))('GET', 'permits')).body.permits).toHaveLength(1);
    expect((await as(await token(ben))('GET', 'permits')).body.permits).toEqual([]);
    expect(await root('DELETE', `permits/${made.id}`)).toMatchObject({ status: 204 });
  });
});
