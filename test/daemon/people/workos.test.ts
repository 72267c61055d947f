import { rmSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { housekeep } from '../../../src/daemon/api/housekeep.ts';
import { stores } from '../../helpers/stores.ts';
import { ada, ben, openBoth, organization } from './workos-set-up.ts';

describe.each(stores)('people of WorkOS, with its API key, on $name', ({ open }) => {
  it('have their address and name from the first request on', async () => {
    const { enter, whoami, users, root } = await openBoth(open);
    const { ask } = await enter(ada);
    expect(await whoami(ask)).toMatchObject({ name: 'ada@example.com', role: 'admin' });
    expect(await users()).toMatchObject([{ email: 'ada@example.com', name: 'Ada Example', workos_id: ada }]);
    expect((await root('GET', 'users')).body.users).toMatchObject([{ email: 'ada@example.com', signs_in: ['workos'] }]);
  });

  it('are called by their id while nobody has shown that the address is theirs', async () => {
    const { enter, whoami, administer, follow } = await openBoth(open);
    await administer('PUT', `/user_management/users/${ben}`, { email_verified: false });
    await follow();
    const { ask } = await enter(ben);
    expect(await whoami(ask)).toMatchObject({ name: ben });
    await administer('PUT', `/user_management/users/${ben}`, { email_verified: true, first_name: 'Benno' });
    expect(await follow()).toEqual({ state: 'ok' });
    expect(await whoami(ask)).toMatchObject({ name: 'ben@example.com' });
  });

  it('lose access with the next turn when they are removed, and their tokens here end', async () => {
    const { enter, whoami, administer, follow, member, memberships, token, users, entries, as, clock } =
      await openBoth(open);
    await follow();
    const { ask } = await enter(ben);
    await whoami(ask);
    const script = as(await token((await users())[0]!.id));
    await clock.advance(10_000);
    await administer('DELETE', `${memberships}/${member(ben).id}`);
    for (const one of [ask, script]) expect(await whoami(one)).toMatchObject({ role: 'operator' });
    expect(await follow()).toEqual({ state: 'ok' });
    expect((await entries()).at(-1)).toMatchObject({ actor: 'workos', action: 'user.disable', result: 'done' });
    expect(await whoami(ask)).toMatch(/^401 the session was ended at WorkOS/);
    expect(await whoami(script)).toMatch(/^401 the token was revoked/);
    expect(await users()).toMatchObject([{ state: 'disabled' }]);
  });

  it('lose access when the membership is deactivated, or they are deleted', async () => {
    const { enter, whoami, administer, follow, member, memberships, users } = await openBoth(open);
    await follow();
    const people = [await enter(ada), await enter(ben)];
    for (const { ask } of people) expect(await whoami(ask)).toHaveProperty('role');
    await administer('PUT', `${memberships}/${member(ada).id}/deactivate`);
    await administer('DELETE', `/user_management/users/${ben}`);
    await follow();
    for (const { ask } of people) expect(await whoami(ask)).toMatch(/^401/);
    expect((await users()).map(({ state }) => state)).toEqual(['disabled', 'disabled']);
  });

  it('that were never here are not let in with a token from before they were removed', async () => {
    const { enter, whoami, administer, follow, member, memberships, users, clock } = await openBoth(open);
    await follow();
    const { ask } = await enter(ben);
    await clock.advance(1000);
    await administer('DELETE', `${memberships}/${member(ben).id}`);
    await follow();
    expect(await whoami(ask)).toMatch(/^401/);
    expect(await users()).toEqual([]);
  });

  it('that were never here have the role of now, not that of an older token', async () => {
    const { enter, whoami, administer, follow, member, memberships, clock } = await openBoth(open);
    await follow();
    const { ask } = await enter(ada);
    await clock.advance(1000);
    await administer('PUT', `${memberships}/${member(ada).id}`, { role_slug: 'viewer' });
    await follow();
    expect(await whoami(ask)).toMatchObject({ role: 'viewer' });
    expect(await whoami(ask)).toMatchObject({ role: 'viewer' });
  });

  it('that were never here are refused when they are removed and no event has told of it yet', async () => {
    const { enter, whoami, administer, member, memberships, users, workos, store, clock, audit } = await openBoth(open);
    const { ask } = await enter(ben);
    await administer('DELETE', `${memberships}/${member(ben).id}`);
    expect(await whoami(ask)).toBe('401 at WorkOS this user is no member any more');
    const asked = workos.requests.length;
    expect(await whoami(ask)).toMatch(/^401 the session was ended at WorkOS/);
    expect(workos.requests).toHaveLength(asked);
    expect(await users()).toEqual([]);
    const ends = () => store.db.selectFrom('workos_ends').selectAll().execute();
    expect(await ends()).toHaveLength(1);
    await clock.advance(7 * 86_400_000 + 1);
    await housekeep({ store, clock, audit });
    expect(await ends()).toEqual([]);
  });

  it('are refused with a session that was ended, and let in with another one', async () => {
    const { enter, whoami, workos, follow, root, entries } = await openBoth(open);
    await follow();
    const [one, other] = [await enter(ben), await enter(ben)];
    await whoami(one.ask);
    await expect.poll(async () => (await root('GET', 'sessions')).body.sessions).toHaveLength(1);
    workos.revoke([...workos.state.sessions.keys()][0]!);
    await follow();
    expect(await whoami(one.ask)).toMatch(/^401/);
    expect(await whoami(other.ask)).toMatchObject({ name: 'ben@example.com' });
    expect((await entries()).map(({ actor, action }) => `${actor} ${action}`)).toContain('workos session.revoke');
  });

  it('have another role with the next turn, which an older token does not turn back', async () => {
    const { enter, whoami, administer, follow, member, memberships, clock, entries } = await openBoth(open);
    await follow();
    const { ask } = await enter(ben);
    expect(await whoami(ask)).toMatchObject({ role: 'operator' });
    await clock.advance(2000);
    await administer('PUT', `${memberships}/${member(ben).id}`, { role_slug: 'viewer' });
    await follow();
    expect(await whoami(ask)).toMatchObject({ role: 'viewer' });
    expect(await whoami(ask)).toMatchObject({ role: 'viewer' });
    expect(JSON.stringify((await entries()).at(-1))).toContain('viewer');
  });

  it('that were removed while the daemon was away lose access with its first turn', async () => {
    const { enter, whoami, administer, follow, member, memberships, clock, users } = await openBoth(open);
    await follow();
    const people = [await enter(ada), await enter(ben)];
    for (const { ask } of people) await whoami(ask);
    // More than a page of what is of no interest in between.
    for (let n = 0; n < 120; n += 1) {
      await administer('PUT', `/user_management/users/${ada}`, { last_name: `Number ${n}` });
    }
    await administer('DELETE', `${memberships}/${member(ben).id}`);
    await clock.advance(6 * 86_400_000);
    expect(await follow()).toEqual({ state: 'ok' });
    expect((await users()).map(({ state }) => state)).toEqual(['active', 'disabled']);
  });

  it('are all looked at when events may have been missed', async () => {
    const { enter, whoami, administer, follow, member, memberships, clock, users, workos, logged } =
      await openBoth(open);
    await follow();
    for (const user of [ada, ben]) await whoami((await enter(user)).ask);
    await administer('PUT', `/user_management/users/${ada}`, { last_name: 'Other' });
    await follow();
    await administer('DELETE', `${memberships}/${member(ben).id}`);
    workos.state.events = [];
    expect(await follow()).toEqual({ state: 'ok' });
    expect((await users()).map(({ state }) => state)).toEqual(['active', 'disabled']);
    expect(logged.join()).toContain('may have been missed');
    await administer('DELETE', `${memberships}/${member(ada).id}`);
    workos.state.events = [];
    await clock.advance(8 * 86_400_000);
    await follow();
    expect((await users()).map(({ state }) => state)).toEqual(['disabled', 'disabled']);
  });

  it('stay when only one of their organizations lets them go', async () => {
    const organizations = [organization, 'org_workshop'];
    const { enter, whoami, administer, follow, member, memberships, users } = await openBoth(open, { organizations });
    const cleo = 'user_sandbox_cleo';
    await follow();
    const { ask } = await enter(cleo);
    expect(await whoami(ask)).toMatchObject({ role: 'viewer' });
    await administer('DELETE', `${memberships}/${member(cleo).id}`);
    await follow();
    expect(await users()).toMatchObject([{ state: 'active', workos_role: 'operator' }]);
    expect(await whoami(ask)).toMatch(/^401/);
  });
});

describe.each(stores)('a user of WorkOS, changed here, on $name', ({ open }) => {
  it('is invited by WorkOS, and is not somebody whose address is not shown to be theirs', async () => {
    const { root, workos, administer, enter, whoami, users } = await openBoth(open);
    const made = await root('POST', 'users/invite', { email: 'Eve@example.com', role: 'client', team: 'web' });
    expect(made).toMatchObject({ status: 201, body: { user: { state: 'invited', role: 'client' } } });
    expect(made.body.invitation).toBeUndefined();
    expect([...workos.state.invitations.values()]).toMatchObject([
      { email: 'eve@example.com', organization_id: organization, role_slug: 'client', state: 'pending' },
    ]);
    const { body } = await administer('POST', '/user_management/users', { email: 'eve@example.com' });
    const given = { user_id: body.id, organization_id: organization, role_slug: 'client' };
    await administer('POST', '/user_management/organization_memberships', given);
    await whoami((await enter(body.id)).ask);
    expect(await users()).toMatchObject([{ state: 'invited', workos_id: null }, { workos_id: body.id }]);
  });

  it('takes up the invitation with the address that is shown to be theirs', async () => {
    const { root, administer, enter, whoami, users, entries, workos } = await openBoth(open);
    await root('POST', 'users/invite', { email: 'eve@example.com', role: 'client', team: 'web' });
    const eve = { email: 'eve@example.com', email_verified: true, first_name: 'Eve' };
    const { body } = await administer('POST', '/user_management/users', eve);
    const [invitation] = workos.state.invitations.keys();
    expect((await administer('POST', `/user_management/invitations/${invitation}/accept`)).status).toBe(200);
    const { ask } = await enter(body.id);
    expect(await whoami(ask)).toMatchObject({ name: 'eve@example.com', role: 'client', owner: 'team-web' });
    expect(await users()).toMatchObject([{ id: 1, state: 'active', workos_id: body.id, name: 'Eve', team: 'web' }]);
    expect((await entries()).at(-1)).toMatchObject({ actor: 'workos', action: 'user.accept' });
  });

  it('is not invited when WorkOS refuses, and the invitation is taken back with the user', async () => {
    const { root, workos, users } = await openBoth(open);
    workos.fault({ kind: 'status', status: 503, path: '/user_management/invitations' } as never);
    const refused = await root('POST', 'users/invite', { email: 'eve@example.com' });
    expect(refused).toMatchObject({ status: 503, body: { error: { message: 'WorkOS answers with status 503' } } });
    expect(await users()).toEqual([]);
    await root('POST', 'users/invite', { email: 'eve@example.com' });
    expect((await root('DELETE', `users/${(await users())[0]!.id}`)).status).toBe(204);
    expect([...workos.state.invitations.values()].map(({ state }) => state)).toEqual(['revoked']);
  });

  it('is kept out there too when disabled, and let in again when enabled', async () => {
    const { root, workos, enter, whoami, member, follow, clock } = await openBoth(open);
    await follow();
    const { ask } = await enter(ben);
    await whoami(ask);
    expect((await root('POST', 'users/1/actions/disable')).status).toBe(200);
    expect(member(ben).status).toBe('inactive');
    expect([...workos.state.sessions.values()].map(({ status }) => status)).toEqual(['revoked']);
    expect(await whoami(ask)).toMatch(/^403 ben@example.com is disabled/);
    await follow();
    expect((await root('POST', 'users/1/actions/enable')).status).toBe(200);
    expect(member(ben).status).toBe('active');
    expect(await whoami(ask)).toMatch(/^401/);
    await clock.advance(1000);
    expect(await whoami((await enter(ben)).ask)).toMatchObject({ role: 'operator' });
  });

  it('is out here even when WorkOS does not answer, which is said, and it can be done again', async () => {
    const { root, workos, enter, whoami, member, users } = await openBoth(open);
    const { ask } = await enter(ben);
    await whoami(ask);
    workos.fault({ kind: 'status', status: 500 } as never);
    const failed = await root('DELETE', 'users/1');
    expect(failed.status).toBe(503);
    expect(failed.body.error.message).toMatch('ben@example.com is disabled here, but not deleted');
    expect(await whoami(ask)).toMatch(/^40[13]/);
    expect((await root('DELETE', 'users/1')).status).toBe(204);
    expect(member(ben)).toBeUndefined();
    expect(await users()).toEqual([]);
    expect(await whoami(ask)).toMatch(/^401/);
    expect(await users()).toEqual([]);
  });

  it('has another role there too, where there is one of that name', async () => {
    const { root, workos, enter, whoami, member, role } = await openBoth(open);
    await role('night', { 'backup:read': 'all' });
    const { ask } = await enter(ben);
    await whoami(ask);
    expect((await root('PUT', 'users/1', { role: 'client' })).body.user).toMatchObject({ role: 'client' });
    expect(member(ben).role).toEqual({ slug: 'client' });
    expect(await whoami(ask)).toMatchObject({ role: 'client' });
    const refused = await root('PUT', 'users/1', { role: 'night' });
    expect(refused).toMatchObject({ status: 422 });
    expect(refused.body.error.message).toMatch("WorkOS has no role 'night'");
    expect(workos.state.sessions.size).toBe(1);
  });

  it('has sessions that are seen here, and end there when they are revoked', async () => {
    const { root, workos, enter, whoami } = await openBoth(open);
    const [one, other] = [await enter(ben), await enter(ben)];
    for (const { ask } of [one, other]) await whoami(ask);
    const list = async () => (await root('GET', 'sessions')).body.sessions;
    await expect.poll(list).toHaveLength(2);
    const [first] = [...workos.state.sessions.keys()];
    const { id } = (await list()).at(-1);
    expect((await root('POST', `sessions/${id}/actions/revoke`)).status).toBe(200);
    expect(workos.state.sessions.get(first!)!.status).toBe('revoked');
    expect(await whoami(one.ask)).toMatch(/^401/);
    expect(await whoami(other.ask)).toMatchObject({ role: 'operator' });
  });
});

describe.each(stores)('what goes wrong with WorkOS, on $name', ({ open }) => {
  it('keeps nobody out who is known, and is told with what it was', async () => {
    const { workos, enter, whoami, follow, administer, member, memberships, users } = await openBoth(open);
    await follow();
    const { ask } = await enter(ben);
    await whoami(ask);
    await administer('DELETE', `${memberships}/${member(ben).id}`);
    workos.fault({ kind: 'status', status: 503, times: 2 } as never);
    expect(await follow()).toEqual({ state: 'unreachable', reason: 'WorkOS answers with status 503' });
    expect(await whoami(ask)).toMatchObject({ role: 'operator' });
    await follow();
    expect(await follow()).toEqual({ state: 'ok' });
    expect(await users()).toMatchObject([{ state: 'disabled' }]);
  });

  it('is a key that is not accepted, missing, empty or of another environment, which is nowhere to be read', async () => {
    const { keyFile, follow, logged, enter, whoami, users, entries, workos, root, hidden } = await openBoth(open);
    const { ask } = await enter(ben);
    await whoami(ask);
    writeFileSync(keyFile, 'sk_wrong_and_secret');
    expect(await follow()).toEqual({ state: 'invalid', reason: 'WorkOS does not accept the API key' });
    const refused = await root('POST', 'users/1/actions/disable');
    expect(refused).toMatchObject({ status: 422, body: { error: { code: 'workos_key' } } });
    writeFileSync(keyFile, '\n');
    expect(await follow()).toMatchObject({ state: 'invalid', reason: expect.stringMatching('holds no API key') });
    rmSync(keyFile);
    expect(await follow()).toMatchObject({ state: 'invalid', reason: expect.stringMatching('there is no file') });
    writeFileSync(keyFile, workos.apiKey);
    await root('POST', 'users/1/actions/enable');
    workos.state.organizations.delete(organization);
    expect(await follow()).toMatchObject({ state: 'invalid', reason: expect.stringMatching('no organization') });
    expect(await users()).toMatchObject([{ state: 'active' }]);
    const told = JSON.stringify([logged, await entries(), refused.body]);
    expect(told).not.toMatch(/sk_wrong_and_secret|worth_nothing/);
    expect(hidden).toEqual(expect.arrayContaining(['sk_wrong_and_secret', workos.apiKey]));
  });

  it('lets nobody new in without knowing who it is', async () => {
    const { workos, enter, whoami, users } = await openBoth(open);
    const { ask } = await enter(ben);
    workos.fault({ kind: 'status', status: 500, path: '/user_management/users' } as never);
    expect(await whoami(ask)).toMatch(/^503 who is new cannot be let in for now/);
    expect(await users()).toEqual([]);
    expect(await whoami(ask)).toMatchObject({ name: 'ben@example.com' });
  });
});
