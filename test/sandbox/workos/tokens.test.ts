import { describe, expect, test } from 'vitest';
import { decode, isSignedBy, openWorkos, refusalOf } from './open.ts';

const jwks = '/sso/jwks/client_sandbox';

describe('an access token', () => {
  test('is signed by a key that is published for the client, and for no other client', async () => {
    const { ask, signIn } = await openWorkos();
    const { access_token } = await signIn();
    const { body } = await ask('GET', jwks);
    expect(body.keys).toEqual([
      {
        kty: 'RSA',
        n: expect.any(String),
        e: 'AQAB',
        kid: decode(access_token, 'header').kid,
        alg: 'RS256',
        use: 'sig',
      },
    ]);
    expect(isSignedBy(body, access_token)).toBe(true);
    expect((await ask('GET', '/sso/jwks/client_x')).status).toBe(404);
  });

  test('tells who, in what session and organization, with what role and permissions, until when', async () => {
    const { signIn, workos, clock } = await openWorkos();
    const now = clock.now() / 1000;
    const claims = decode((await signIn({ user: 'cleo@example.com', organization: 'Sandbox' })).access_token);
    expect(claims).toEqual({
      iss: `${workos.url}/user_management/client_sandbox`,
      sub: 'user_sandbox_cleo',
      sid: expect.stringMatching(/^session_/),
      jti: expect.any(String),
      org_id: 'org_sandbox',
      role: 'viewer',
      roles: ['viewer'],
      permissions: expect.arrayContaining(['servers:read', 'volumes:read']),
      exp: now + 300,
      iat: now,
    });
  });

  test('has the issuer, audience and lifetimes of the settings; the first one of a session may differ', async () => {
    const { signIn, refresh, workos } = await openWorkos({
      workos: { issuer: 'https://api.workos.com', audience: 'me', tokenLifetime: 60, firstTokenLifetime: 5 },
    });
    const first = await signIn();
    expect(decode(first.access_token)).toMatchObject({ iss: 'https://api.workos.com', aud: 'me' });
    const lifetime = (token: string) => decode(token).exp - decode(token).iat;
    expect(lifetime(first.access_token)).toBe(5);
    const { body } = await refresh(first.refresh_token);
    expect(lifetime(body.access_token)).toBe(60);
    workos.settings.tokenLifetime = 1;
    expect(lifetime((await refresh(body.refresh_token)).body.access_token)).toBe(1);
  });

  test('of any claims can be made, also with another key id or algorithm in its header', async () => {
    const { ask, workos } = await openWorkos();
    const token = workos.sign({ sub: 'x', exp: 1 });
    expect(decode(token)).toEqual({ sub: 'x', exp: 1 });
    expect(isSignedBy((await ask('GET', jwks)).body, token)).toBe(true);
    expect(decode(workos.sign({}, { kid: 'other', alg: 'none' }), 'header')).toEqual({ alg: 'none', kid: 'other' });
  });

  test('outlives a rotation of keys only where the old key is kept', async () => {
    const { ask, signIn, workos } = await openWorkos();
    const { access_token: old } = await signIn();
    workos.rotateKeys({ keep: true });
    const { access_token: newer } = await signIn();
    const both = (await ask('GET', jwks)).body;
    expect([both.keys.length, isSignedBy(both, old), isSignedBy(both, newer)]).toEqual([2, true, true]);
    workos.rotateKeys({ keep: false });
    const last = (await ask('GET', jwks)).body;
    expect([last.keys.length, isSignedBy(last, old), isSignedBy(last, newer)]).toEqual([1, false, false]);
    expect(isSignedBy(last, (await signIn()).access_token)).toBe(true);
  });
});

describe('a machine', () => {
  const credentials = {
    grant_type: 'client_credentials',
    client_id: 'client_sandbox_machine',
    client_secret: 'secret_sandbox_worth_nothing_elsewhere',
  };

  test('gets a token of its own issuer and keys, for its organization, without a session', async () => {
    const { form, ask, workos, clock } = await openWorkos();
    const { body } = await form('/oauth2/token', credentials);
    expect(body).toMatchObject({ token_type: 'bearer', expires_in: 3600, scope: 'servers:read' });
    expect(isSignedBy((await ask('GET', '/oauth2/jwks')).body, body.access_token)).toBe(true);
    expect(isSignedBy((await ask('GET', jwks)).body, body.access_token)).toBe(false);
    expect(decode(body.access_token)).toEqual({
      iss: workos.url,
      aud: 'client_sandbox',
      sub: 'client_sandbox_machine',
      client_id: 'client_sandbox_machine',
      org_id: 'org_sandbox',
      scope: 'servers:read',
      jti: expect.any(String),
      exp: clock.now() / 1000 + 3600,
      iat: clock.now() / 1000,
    });
  });

  test('may put its credentials into the header, encoded as forms are', async () => {
    const { ask, workos } = await openWorkos();
    workos.settings.machine = { ...workos.settings.machine, clientSecret: 'a:b c%' };
    const basic = Buffer.from(`client_sandbox_machine:${encodeURIComponent('a:b c%')}`).toString('base64');
    const headers = { 'Content-Type': 'application/x-www-form-urlencoded', Authorization: `Basic ${basic}` };
    expect((await ask('POST', '/oauth2/token', 'grant_type=client_credentials', headers)).status).toBe(200);
  });

  test('gets nothing with a wrong secret, another scope or another grant', async () => {
    const { form } = await openWorkos();
    const refuse = async (more: object) => refusalOf(await form('/oauth2/token', { ...credentials, ...more }));
    expect(await refuse({ client_secret: 'x' })).toBe('401 invalid_client');
    expect(await refuse({ scope: 'servers:read servers:create' })).toBe('400 invalid_scope');
    expect(await refuse({ grant_type: 'refresh_token' })).toBe('400 unsupported_grant_type');
  });
});

describe("Hetzner's side", () => {
  const opening = async (opened: Awaited<ReturnType<typeof openWorkos>>, token: string, method = 'GET') => {
    const body = method === 'GET' ? undefined : { name: 'net', ip_range: '10.0.0.0/16' };
    const answer = await opened.call(method, '/networks', body, { Authorization: `Bearer ${token}` });
    return answer.status < 300 ? 'open' : `${answer.status} ${answer.body.error.code}`;
  };

  test('opens to an access token as its gateway would, to read and to write', async () => {
    const opened = await openWorkos();
    const { access_token } = await opened.signIn();
    expect(await opening(opened, access_token)).toBe('open');
    expect(await opening(opened, access_token, 'POST')).toBe('open');
  });

  test('is shut to a token that has expired, whose session is revoked, or from before a reset', async () => {
    const opened = await openWorkos();
    const { signIn, workos, clock, sandbox } = opened;
    const [revoked, expired] = [(await signIn()).access_token, (await signIn()).access_token];
    workos.revoke(decode(revoked).sid);
    expect(await opening(opened, revoked)).toBe('401 unauthorized');
    clock.advance(299_000);
    expect(await opening(opened, expired)).toBe('open');
    clock.advance(1000);
    expect(await opening(opened, expired)).toBe('401 unauthorized');
    const { access_token } = await signIn();
    sandbox.reset();
    expect(await opening(opened, access_token)).toBe('401 unauthorized');
  });

  test('is shut to a token without organization, of another issuer, of another sandbox or tampered with', async () => {
    const [opened, other] = [await openWorkos(), await openWorkos()];
    const { access_token } = await opened.signIn();
    const { org_id, ...claims } = decode(access_token);
    const [header, , signature] = access_token.split('.');
    const forged = Buffer.from(JSON.stringify({ ...claims, org_id, sub: 'user_x' })).toString('base64url');
    const tokens = [
      opened.workos.sign(claims),
      opened.workos.sign({ ...claims, org_id, iss: 'https://api.workos.com' }),
      opened.workos.sign({ ...claims, org_id, exp: undefined }),
      opened.workos.sign({ ...claims, org_id }, { alg: 'none' }),
      (await other.signIn()).access_token,
      `${header}.${forged}.${signature}`,
      'a.b.c',
    ];
    for (const token of tokens) expect(await opening(opened, token)).toBe('401 unauthorized');
    expect(await opening(opened, opened.workos.sign({ ...claims, org_id }))).toBe('open');
  });
});
