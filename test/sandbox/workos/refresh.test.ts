import { describe, expect, test } from 'vitest';
import { decode, openWorkos, refusalOf } from './open.ts';

describe('a refresh', () => {
  test('gives a new pair in the same session, and retires the old token', async () => {
    const { signIn, refresh, clock } = await openWorkos();
    const first = await signIn();
    clock.advance(240_000);
    const { status, body } = await refresh(first.refresh_token);
    expect(status).toBe(200);
    expect(body.refresh_token).not.toBe(first.refresh_token);
    expect(decode(body.access_token).sid).toBe(decode(first.access_token).sid);
    expect(decode(body.access_token).exp - decode(first.access_token).exp).toBe(240);
    expect((await refresh(body.refresh_token)).status).toBe(200);
  });

  test('of one token by many at once gives all of them the identical pair', async () => {
    const { signIn, refresh } = await openWorkos();
    const { refresh_token } = await signIn();
    const answers = await Promise.all(Array.from({ length: 20 }, () => refresh(refresh_token)));
    expect(new Set(answers.map(({ body }) => JSON.stringify(body))).size).toBe(1);
    expect(answers[0]!.body.access_token).toMatch(/^ey/);
  });

  test('of a spent token gives the same pair within thirty seconds, and is refused afterwards', async () => {
    const { signIn, refresh, clock } = await openWorkos();
    const { refresh_token } = await signIn();
    const { body } = await refresh(refresh_token);
    clock.advance(29_999);
    expect((await refresh(refresh_token)).body).toEqual(body);
    clock.advance(1);
    expect(refusalOf(await refresh(refresh_token))).toBe('400 invalid_grant');
    expect((await refresh(body.refresh_token)).status).toBe(200);
  });

  test('has a replay window that is a setting; none at all with 0', async () => {
    const { signIn, refresh } = await openWorkos({ workos: { replayWindow: 0 } });
    const { refresh_token } = await signIn();
    expect((await refresh(refresh_token)).status).toBe(200);
    expect(refusalOf(await refresh(refresh_token))).toBe('400 invalid_grant');
  });

  test('is refused for a revoked session, an expired one and an unknown token', async () => {
    const { signIn, refresh, workos, clock } = await openWorkos({ workos: { sessionLifetime: 3600 } });
    const [revoked, expired] = [await signIn(), await signIn()];
    workos.revoke(decode(revoked.access_token).sid);
    expect(refusalOf(await refresh(revoked.refresh_token))).toBe('400 invalid_grant');
    clock.advance(3_600_000);
    expect(refusalOf(await refresh(expired.refresh_token))).toBe('400 invalid_grant');
    expect(refusalOf(await refresh('x'))).toBe('400 invalid_grant');
    expect(() => workos.revoke('session_x')).toThrow('Session not found');
  });

  test('is refused, also within the replay window, once the session is revoked', async () => {
    const { signIn, refresh, workos } = await openWorkos();
    const { refresh_token, access_token } = await signIn();
    await refresh(refresh_token);
    workos.revoke(decode(access_token).sid);
    expect(refusalOf(await refresh(refresh_token))).toBe('400 invalid_grant');
  });

  test('shows a role that was changed meanwhile', async () => {
    const { signIn, refresh, administer } = await openWorkos();
    const { refresh_token, access_token } = await signIn({ user: 'ben@example.com' });
    expect(decode(access_token)).toMatchObject({ role: 'operator', roles: ['operator'] });
    const { body } = await administer('GET', '/user_management/organization_memberships?user_id=user_sandbox_ben');
    const path = `/user_management/organization_memberships/${body.data[0].id}`;
    await administer('PUT', path, { role_slug: 'viewer' });
    const claims = decode((await refresh(refresh_token)).body.access_token);
    expect(claims).toMatchObject({ role: 'viewer', roles: ['viewer'] });
    expect(claims.permissions).toContain('servers:read');
    expect(claims.permissions).not.toContain('servers:create');
  });

  test('loses organization and role once the membership is deactivated', async () => {
    const { signIn, refresh, administer } = await openWorkos();
    const { refresh_token } = await signIn({ user: 'ben@example.com' });
    const { body } = await administer('GET', '/user_management/organization_memberships?user_id=user_sandbox_ben');
    await administer('PUT', `/user_management/organization_memberships/${body.data[0].id}/deactivate`);
    const answer = await refresh(refresh_token);
    expect(answer.body).not.toHaveProperty('organization_id');
    expect(Object.keys(decode(answer.body.access_token))).toEqual(['iss', 'sub', 'sid', 'jti', 'exp', 'iat']);
  });

  test('moves the session to another organization of the user, where it stays', async () => {
    const { signIn, refresh } = await openWorkos();
    const first = await signIn({ user: 'cleo@example.com', organization: 'Sandbox' });
    const second = (await refresh(first.refresh_token, { organization_id: 'org_workshop' })).body;
    expect(second.organization_id).toBe('org_workshop');
    expect(decode(second.access_token)).toMatchObject({ org_id: 'org_workshop', role: 'operator' });
    expect((await refresh(second.refresh_token)).body.organization_id).toBe('org_workshop');
  });

  test('into an organization that is not there, not theirs or no id is refused, and spends nothing', async () => {
    const { signIn, refresh } = await openWorkos();
    const { refresh_token } = await signIn({ user: 'ben@example.com' });
    const into = async (organization_id: string) => refusalOf(await refresh(refresh_token, { organization_id }));
    expect(await into('org_x')).toBe('400 organization_not_found');
    expect(await into('org_workshop')).toBe('400 organization_membership_not_found');
    expect(await into('Workshop')).toBe('400 invalid_organization_id');
    expect((await refresh(refresh_token)).body.organization_id).toBe('org_sandbox');
  });

  test('with a wrong secret is refused, and needs none', async () => {
    const { signIn, refresh } = await openWorkos();
    const { refresh_token } = await signIn();
    expect(refusalOf(await refresh(refresh_token, { client_secret: 'x' }))).toBe('400 invalid_client');
    expect((await refresh(refresh_token)).status).toBe(200);
  });
});

describe('signing out in the browser', () => {
  const path = '/user_management/sessions/logout';

  test('ends the session, so that it is refreshed no more', async () => {
    const { signIn, refresh, ask } = await openWorkos();
    const { access_token, refresh_token } = await signIn();
    const answer = await ask('GET', `${path}?session_id=${decode(access_token).sid}`);
    expect([answer.status, answer.body]).toEqual([200, expect.stringContaining('You are signed out')]);
    expect(refusalOf(await refresh(refresh_token))).toBe('400 invalid_grant');
  });

  test.each([
    ['https://example.com/bye', 'https://example.com/bye'],
    ['http://127.0.0.1:8080/', 'http://127.0.0.1:8080/'],
    ['http://[::1]/', 'http://[::1]/'],
    ['http://example.com/', null],
    ['javascript:alert(1)', null],
    ['//example.com', null],
  ])('leads on to %s only where that is https or this machine', async (next, location) => {
    const { signIn, ask } = await openWorkos();
    const { sid } = decode((await signIn()).access_token);
    const answer = await ask('GET', `${path}?session_id=${sid}&return_to=${encodeURIComponent(next)}`);
    expect([answer.status, answer.headers.get('location')]).toEqual([location === null ? 200 : 302, location]);
  });

  test('needs a session, and one that is there', async () => {
    const { ask } = await openWorkos();
    expect(refusalOf(await ask('GET', path))).toBe('422 invalid_request_parameters');
    expect(refusalOf(await ask('GET', `${path}?session_id=session_x`))).toBe('404 entity_not_found');
  });
});
