import { describe, expect, test } from 'vitest';
import { workosRoutes } from '../../../src/sandbox/workos/routes.ts';
import type { Json } from '../open.ts';
import { decode, type OpenedWorkos, openWorkos, refusalOf } from './open.ts';

const users = '/user_management/users';
const memberships = '/user_management/organization_memberships';
const invitations = '/user_management/invitations';

const ids = ({ body }: { body: Json }) => body.data.map(({ id }: Json) => id);
const events = async ({ administer }: OpenedWorkos, kinds = '') =>
  (await administer('GET', `/events?limit=100&events=${kinds}`)).body.data.map(({ event, data }: Json) => [
    event,
    data.id,
  ]);

describe('the administration', () => {
  test('is for holders of the API key alone, at every path', async () => {
    const { ask } = await openWorkos();
    const closed = workosRoutes.filter(({ isAdministration }) => isAdministration);
    expect(closed.length).toBeGreaterThan(20);
    for (const { method, path } of closed) {
      const address = path.replace(/\{\w+\}/g, 'x');
      expect(refusalOf(await ask(method, address))).toBe('401 unauthorized');
      expect(refusalOf(await ask(method, address, undefined, { Authorization: 'Bearer x' }))).toBe('401 unauthorized');
    }
  });

  test('answers 404 for what is not there, by path, method or id', async () => {
    const { administer } = await openWorkos();
    for (const [method, path] of [
      ['GET', '/nothing'],
      ['PATCH', users],
      ['GET', `${users}/user_x`],
      ['PUT', '/organizations/org_x'],
      ['DELETE', `${memberships}/om_x`],
      ['POST', `${invitations}/invitation_x/revoke`],
      ['GET', '/authorization/roles/king'],
      ['GET', '/authorization/organizations/org_x/roles'],
    ]) {
      expect((await administer(method!, path!)).status).toBe(404);
    }
  });

  test('names every field that is wrong or missing, with 422', async () => {
    const { administer } = await openWorkos();
    const { status, body } = await administer('POST', users, { email_verified: 'yes', first_name: 1 });
    expect([status, body.code]).toEqual([422, 'invalid_request_parameters']);
    expect(body.errors.map(({ field }: Json) => field)).toEqual(['email', 'first_name', 'email_verified']);
    expect(refusalOf(await administer('POST', memberships, { user_id: '' }))).toBe('422 invalid_request_parameters');
  });

  test('tells a body that is no JSON object', async () => {
    const { ask, workos } = await openWorkos();
    const headers = { Authorization: `Bearer ${workos.apiKey}` };
    for (const body of ['{', '[]', '1']) expect((await ask('POST', users, body, headers)).status).toBe(400);
  });
});

describe('users', () => {
  test('are created, found by id, address and organization, changed and deleted, each with its event', async () => {
    const opened = await openWorkos();
    const { administer } = opened;
    const { status, body: dora } = await administer('POST', users, {
      email: 'dora@example.com',
      first_name: 'Dora',
      metadata: { team: 'a' },
    });
    expect([status, dora.object, dora.name]).toEqual([201, 'user', 'Dora']);
    expect((await administer('GET', `${users}/${dora.id}`)).body).toEqual(dora);
    expect(ids(await administer('GET', `${users}?email=DORA@example.com`))).toEqual([dora.id]);
    expect(ids(await administer('GET', `${users}?organization_id=org_workshop`))).toEqual(['user_sandbox_cleo']);
    const changed = await administer('PUT', `${users}/${dora.id}`, { last_name: 'Drum', first_name: null });
    expect(changed.body).toMatchObject({ id: dora.id, name: 'Drum', first_name: null, email: 'dora@example.com' });
    expect((await administer('DELETE', `${users}/${dora.id}`)).status).toBe(204);
    expect((await administer('GET', `${users}/${dora.id}`)).status).toBe(404);
    const kinds = ['user.created', 'user.updated', 'user.deleted'];
    expect(await events(opened)).toEqual(kinds.map(kind => [kind, dora.id]));
  });

  test('have each an address of their own', async () => {
    const { administer } = await openWorkos();
    const again = { email: 'Ada@example.com' };
    expect(refusalOf(await administer('POST', users, again))).toBe('400 user_creation_error');
    expect(refusalOf(await administer('PUT', `${users}/user_sandbox_ben`, again))).toBe('400 user_creation_error');
    expect((await administer('PUT', `${users}/user_sandbox_ada`, again)).status).toBe(200);
  });

  test('take their sessions and memberships with them', async () => {
    const opened = await openWorkos();
    const { administer, signIn, refresh } = opened;
    const { refresh_token, access_token } = await signIn({ user: 'ben@example.com' });
    await administer('DELETE', `${users}/user_sandbox_ben`);
    expect(refusalOf(await refresh(refresh_token))).toBe('400 invalid_grant');
    expect(await events(opened, 'session.revoked,user.deleted,organization_membership.deleted')).toEqual([
      ['session.revoked', decode(access_token).sid],
      ['organization_membership.deleted', expect.stringMatching(/^om_/)],
      ['user.deleted', 'user_sandbox_ben'],
    ]);
  });

  test('have sessions that are listed and revoked', async () => {
    const { administer, signIn, clock } = await openWorkos({ workos: { sessionLifetime: 100 } });
    await signIn();
    clock.advance(60_000);
    const { sid } = decode((await signIn()).access_token);
    clock.advance(60_000);
    expect((await administer('POST', '/user_management/sessions/revoke', { session_id: sid })).status).toBe(200);
    const { body } = await administer('GET', `${users}/user_sandbox_ada/sessions`);
    expect(body.data.map(({ status }: Json) => status)).toEqual(['revoked', 'expired']);
    const unknown = await administer('POST', '/user_management/sessions/revoke', { session_id: 'session_x' });
    expect(refusalOf(unknown)).toBe('404 entity_not_found');
  });
});

describe('organizations', () => {
  test('are created, listed, renamed everywhere and deleted with their memberships', async () => {
    const opened = await openWorkos();
    const { administer, signIn, refresh } = opened;
    const { body: made } = await administer('POST', '/organizations', { name: 'Foundry' });
    expect(ids(await administer('GET', '/organizations'))).toEqual([made.id, 'org_workshop', 'org_sandbox']);
    await administer('PUT', '/organizations/org_workshop', { name: 'Works' });
    const { body } = await administer('GET', `${memberships}?organization_id=org_workshop`);
    expect(body.data).toMatchObject([{ user_id: 'user_sandbox_cleo', organization_name: 'Works' }]);
    const { refresh_token } = await signIn({ user: 'ben@example.com' });
    expect((await administer('DELETE', '/organizations/org_sandbox')).status).toBe(204);
    expect((await refresh(refresh_token)).body).not.toHaveProperty('organization_id');
    expect(ids(await administer('GET', `${memberships}?organization_id=org_sandbox`))).toEqual([]);
  });
});

describe('memberships', () => {
  const find = async ({ administer }: OpenedWorkos, user: string) =>
    (await administer('GET', `${memberships}?user_id=${user}`)).body.data[0];

  test('are listed by user or organization, active ones unless others are asked for', async () => {
    const opened = await openWorkos();
    const { administer } = opened;
    const ben = await find(opened, 'user_sandbox_ben');
    expect((await administer('PUT', `${memberships}/${ben.id}/deactivate`)).body.status).toBe('inactive');
    const count = async (query: string) => (await administer('GET', `${memberships}?${query}`)).body.data?.length;
    expect(await count('organization_id=org_sandbox')).toBe(2);
    expect(await count('organization_id=org_sandbox&statuses=active,inactive')).toBe(3);
    expect(await count('user_id=user_sandbox_cleo&organization_id=org_workshop')).toBe(1);
    expect(refusalOf(await administer('GET', memberships))).toBe('422 invalid_request_parameters');
    expect((await administer('PUT', `${memberships}/${ben.id}/reactivate`)).body.status).toBe('active');
  });

  test('are made with a role, are made once, and take other roles', async () => {
    const opened = await openWorkos();
    const { administer } = opened;
    const body = { user_id: 'user_sandbox_ben', organization_id: 'org_workshop', role_slug: 'auditor' };
    const made = await administer('POST', memberships, body);
    expect(made).toMatchObject({ status: 201, body: { role: { slug: 'auditor' }, status: 'active' } });
    expect(refusalOf(await administer('POST', memberships, body))).toBe('409 organization_membership_already_exists');
    expect((await administer('POST', memberships, { ...body, role_slug: 'king' })).status).toBe(404);
    const changed = await administer('PUT', `${memberships}/${made.body.id}`, { role_slugs: ['operator', 'auditor'] });
    expect(changed.body).toMatchObject({
      role: { slug: 'operator' },
      roles: [{ slug: 'operator' }, { slug: 'auditor' }],
    });
    expect(await events(opened)).toEqual([
      ['organization_membership.created', made.body.id],
      ['organization_membership.updated', made.body.id],
    ]);
  });

  test('that are inactive are let in again by making them anew; turning what is so already is no event', async () => {
    const opened = await openWorkos();
    const { administer } = opened;
    const ben = await find(opened, 'user_sandbox_ben');
    await administer('PUT', `${memberships}/${ben.id}/deactivate`);
    await administer('PUT', `${memberships}/${ben.id}/deactivate`);
    const body = { user_id: 'user_sandbox_ben', organization_id: 'org_sandbox', role_slug: 'client' };
    const again = await administer('POST', memberships, body);
    expect(again.body).toMatchObject({ id: ben.id, status: 'active', role: { slug: 'client' } });
    expect(await events(opened)).toHaveLength(2);
    opened.workos.state.memberships.get(ben.id)!.status = 'pending';
    expect((await administer('PUT', `${memberships}/${ben.id}/deactivate`)).status).toBe(400);
  });

  test('are deleted', async () => {
    const opened = await openWorkos();
    const { id } = await find(opened, 'user_sandbox_ben');
    expect((await opened.administer('DELETE', `${memberships}/${id}`)).status).toBe(204);
    expect(await events(opened)).toEqual([['organization_membership.deleted', id]]);
  });
});

test('an invitation that is accepted makes the user of its address a member, once', async () => {
  const opened = await openWorkos();
  const { administer, signIn } = opened;
  const given = { email: 'Eve@example.com', organization_id: 'org_sandbox', role_slug: 'operator' };
  const { body: sent } = await administer('POST', invitations, given);
  expect((await administer('POST', `${invitations}/${sent.id}/accept`)).status).toBe(404);
  const { body: eve } = await administer('POST', users, { email: 'eve@example.com' });
  const { body } = await administer('POST', `${invitations}/${sent.id}/accept`);
  expect(body).toMatchObject({ state: 'accepted', accepted_user_id: eve.id });
  expect(decode((await signIn({ user: eve.id })).access_token)).toMatchObject({
    org_id: 'org_sandbox',
    role: 'operator',
  });
  expect(refusalOf(await administer('POST', `${invitations}/${sent.id}/accept`))).toBe('400 invite_not_pending');
  expect(refusalOf(await administer('POST', `${invitations}/${sent.id}/revoke`))).toBe('400 invite_not_pending');
  expect(await events(opened, 'invitation.accepted')).toEqual([['invitation.accepted', sent.id]]);
});

test('invitations are sent, listed and revoked, expire by time, and their events tell no token', async () => {
  const opened = await openWorkos();
  const { administer, clock } = opened;
  const body = { email: 'eve@example.com', organization_id: 'org_sandbox', role_slug: 'viewer', expires_in_days: 1 };
  const { body: first } = await administer('POST', invitations, body);
  expect(first).toMatchObject({ state: 'pending', organization_id: 'org_sandbox', role_slug: 'viewer' });
  const { body: second } = await administer('POST', invitations, { email: 'fay@example.com' });
  expect((await administer('POST', `${invitations}/${second.id}/revoke`)).body.state).toBe('revoked');
  expect(refusalOf(await administer('POST', `${invitations}/${second.id}/revoke`))).toBe('400 invite_not_pending');
  expect(ids(await administer('GET', `${invitations}?organization_id=org_sandbox`))).toEqual([first.id]);
  expect(ids(await administer('GET', `${invitations}?email=fay@example.com`))).toEqual([second.id]);
  clock.advance(24 * 3_600_000);
  expect((await administer('GET', `${invitations}/${first.id}`)).body.state).toBe('expired');
  expect(await events(opened)).toHaveLength(3);
  expect(JSON.stringify((await administer('GET', '/events')).body)).not.toContain(first.token);
  expect((await administer('POST', invitations, { email: 'x@y', organization_id: 'org_x' })).status).toBe(404);
});

test('roles are those of the environment, for every organization, with their permissions', async () => {
  const { administer } = await openWorkos();
  const { body } = await administer('GET', '/authorization/roles');
  expect(body.data.map(({ slug }: Json) => slug)).toEqual(['admin', 'operator', 'client', 'viewer', 'auditor']);
  for (const path of ['/authorization/organizations/org_sandbox/roles', '/organizations/org_sandbox/roles']) {
    expect((await administer('GET', path)).body).toEqual(body);
  }
  expect((await administer('GET', '/authorization/roles/viewer')).body.permissions).toContain('servers:read');
});

test('events are told the oldest first, from a cursor on, by kind, organization and time, as things were then', async () => {
  const { administer, signIn, clock, workos } = await openWorkos();
  const first = decode((await signIn()).access_token).sid;
  clock.advance(1000);
  const middle = new Date(clock.now()).toISOString();
  const second = decode((await signIn({ user: 'cleo@example.com', organization: 'Workshop' })).access_token).sid;
  workos.revoke(first);
  const list = async (query: string) => (await administer('GET', `/events?${query}`)).body;
  const told = async (query: string) => (await list(query)).data.map(({ event, data }: Json) => `${event} ${data.id}`);
  expect(await told('')).toEqual([`session.created ${first}`, `session.created ${second}`, `session.revoked ${first}`]);
  const page = await list('limit=1&events=session.created,session.revoked');
  expect(page.data[0].data.status).toBe('active');
  expect(await told(`after=${page.list_metadata.after}`)).toEqual([
    `session.created ${second}`,
    `session.revoked ${first}`,
  ]);
  expect(await told('events=session.revoked')).toEqual([`session.revoked ${first}`]);
  expect(await told('organization_id=org_workshop')).toEqual([`session.created ${second}`]);
  expect(await told(`range_end=${middle}`)).toHaveLength(3);
  expect(await told(`range_start=${middle}`)).toHaveLength(2);
  expect((await administer('GET', '/events?range_start=soon')).status).toBe(422);
});

test('a password opens a session for a confidential client; a wrong one is 400, several organizations 403', async () => {
  const { form, workos } = await openWorkos();
  const signIn = (email: string, more: Record<string, string> = {}) =>
    form('/user_management/authenticate', {
      grant_type: 'password',
      client_secret: workos.apiKey,
      email,
      password: 'sandbox-password',
      ...more,
    });
  expect((await signIn('ada@example.com')).body.authentication_method).toBe('Password');
  expect(refusalOf(await signIn('ada@example.com', { password: 'x' }))).toBe('400 invalid_credentials');
  expect(refusalOf(await signIn('nobody@example.com'))).toBe('400 invalid_credentials');
  expect(refusalOf(await signIn('ada@example.com', { client_secret: 'x' }))).toBe('400 invalid_client');
  expect(refusalOf(await signIn('cleo@example.com'))).toBe('403 organization_selection_required');
});
