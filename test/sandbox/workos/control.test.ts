import fc from 'fast-check';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { workosRoutes } from '../../../src/sandbox/workos/routes.ts';
import { decode, deviceGrant, openWorkos, refusalOf } from './open.ts';

afterEach(() => vi.restoreAllMocks());

describe('faults', () => {
  test('lost: the refresh is done and its answer lost; the same token then brings the pair', async () => {
    const { signIn, refresh, workos } = await openWorkos();
    const { refresh_token } = await signIn();
    workos.fault({ kind: 'lost', grant: 'refresh_token' });
    await expect(refresh(refresh_token)).rejects.toThrow('fetch failed');
    expect([...workos.state.refreshTokens.values()].filter(({ spent }) => spent)).toHaveLength(1);
    const { body } = await refresh(refresh_token);
    expect((await refresh(body.refresh_token)).status).toBe(200);
  });

  test('reset: the connection is dropped and nothing is done', async () => {
    const { signIn, refresh, workos, clock } = await openWorkos();
    const { refresh_token } = await signIn();
    workos.fault({ kind: 'reset', path: '/user_management/authenticate' });
    await expect(refresh(refresh_token)).rejects.toThrow('fetch failed');
    clock.advance(60_000);
    expect((await refresh(refresh_token)).status).toBe(200);
  });

  test('status: an error in the shape that WorkOS sends on that path, with its headers', async () => {
    const { begin, poll, administer, workos } = await openWorkos();
    const device = await begin();
    const meet = async (rule: object) => {
      workos.fault({ kind: 'status', grant: 'device_code', ...rule });
      return (await poll(device)).body;
    };
    expect(await meet({ status: 429 })).toMatchObject({ error: 'too_many_requests' });
    expect(await meet({ status: 403, code: 'radar_challenge' })).toMatchObject({ code: 'radar_challenge' });
    expect(await meet({ status: 400, code: 'sso_required', message: 'Use SSO.' })).toEqual({
      error: 'sso_required',
      error_description: 'Use SSO.',
    });
    workos.fault({ kind: 'status', status: 503, path: '/events', headers: { 'Retry-After': '7' } });
    const answer = await administer('GET', '/events');
    expect([refusalOf(answer), answer.headers.get('retry-after')]).toEqual(['503 internal_server_error', '7']);
  });

  test('garbage, cutoff, hang and delay spoil the answer as on the other side', async () => {
    const waits: [() => void, number][] = [];
    const clock = { now: () => 0, setTimeout: (run: () => void, ms: number) => waits.push([run, ms]) };
    const { begin, form, workos } = await openWorkos({ clock });
    workos.fault({ kind: 'garbage' });
    expect((await form('/user_management/authorize/device')).body).toContain('Welcome to the proxy');
    workos.fault({ kind: 'cutoff' });
    await expect(begin()).rejects.toThrow('terminated');
    workos.fault({ kind: 'hang' });
    const signal = AbortSignal.timeout(60);
    await expect(fetch(`${workos.url}/oauth2/jwks`, { signal })).rejects.toThrow(/timeout/);
    workos.fault({ kind: 'delay', delay: 700 });
    const pending = begin();
    while (waits.length === 0) await new Promise(setImmediate);
    expect(waits[0]![1]).toBe(700);
    waits[0]![0]();
    expect(await pending).toHaveProperty('device_code');
  });

  test('hit the grant that they are for, as often as they say; the other side is not touched', async () => {
    const { begin, poll, signIn, refresh, workos, call } = await openWorkos();
    const { refresh_token } = await signIn();
    workos.fault({ kind: 'status', status: 500, grant: deviceGrant, times: 2, skip: 1 });
    const device = await begin();
    const seen = [(await poll(device)).status, (await refresh(refresh_token)).status];
    for (let round = 0; round < 3; round += 1) seen.push((await poll(device)).status);
    expect(seen).toEqual([400, 200, 500, 500, 400]);
    workos.fault({ kind: 'status' });
    expect((await call('GET', '/servers')).status).toBe(200);
  });
});

test('every request is remembered by method, path and grant, with nothing that is secret', async () => {
  const { signIn, refresh, administer, ask, workos } = await openWorkos();
  const { refresh_token } = await signIn();
  await refresh(refresh_token);
  await administer('GET', '/events?limit=1');
  await ask('POST', '/user_management/authenticate', JSON.stringify({ grant_type: refresh_token }));
  const authenticate = { method: 'POST', path: '/user_management/authenticate', hasAuthorization: false };
  expect(workos.requests).toEqual([
    { method: 'POST', path: '/user_management/authorize/device', hasAuthorization: false },
    { ...authenticate, grant: deviceGrant },
    { ...authenticate, grant: 'refresh_token' },
    { method: 'GET', path: '/events', hasAuthorization: true },
    authenticate,
  ]);
});

describe('from another process', () => {
  async function openControl() {
    const opened = await openWorkos();
    const control = (method: string, path: string, body?: unknown) =>
      opened.ask(method, `/_sandbox/workos${path}`, body === undefined ? undefined : JSON.stringify(body));
    return { ...opened, control };
  }

  test('sign-ins are approved and denied, sessions revoked', async () => {
    const { begin, poll, refresh, control } = await openControl();
    const [one, other] = [await begin(), await begin()];
    const choice = { user_code: one.user_code, user: 'cleo@example.com', organization: 'org_workshop' };
    expect((await control('POST', '/approve', choice)).body).toEqual({ approved: true });
    expect((await control('POST', '/deny', { user_code: other.user_code })).body).toEqual({ denied: true });
    expect(refusalOf(await poll(other))).toBe('400 access_denied');
    const { body } = await poll(one);
    expect(body.organization_id).toBe('org_workshop');
    await control('POST', '/revoke', { session_id: decode(body.access_token).sid });
    expect(refusalOf(await refresh(body.refresh_token))).toBe('400 invalid_grant');
  });

  test('keys are rotated, settings changed, requests read', async () => {
    const { begin, poll, ask, control, workos } = await openControl();
    await ask('GET', '/sso/jwks/client_sandbox');
    expect((await control('POST', '/rotate', { keep: true })).body).toEqual({ rotated: true });
    expect((await ask('GET', '/sso/jwks/client_sandbox')).body.keys).toHaveLength(2);
    const { body } = await control('PATCH', '/settings', { tokenLifetime: 7, autoApprove: true, audience: 'me' });
    expect(body.settings).toMatchObject({ tokenLifetime: 7, autoApprove: true, audience: 'me' });
    expect(body.settings).not.toHaveProperty('apiKey');
    const claims = decode((await poll(await begin())).body.access_token);
    expect([claims.exp - claims.iat, claims.aud]).toEqual([7, 'me']);
    await control('PATCH', '/settings', { audience: null });
    expect(workos.settings.audience).toBeUndefined();
    expect((await control('GET', '/requests')).body.requests).toEqual(workos.requests);
  });

  test('faults are set and cleared', async () => {
    const { form, control } = await openControl();
    const fault = { kind: 'status', status: 500, times: 5 };
    expect((await control('POST', '/faults', fault)).body).toEqual({ fault });
    expect((await form('/oauth2/token')).status).toBe(500);
    await control('DELETE', '/faults');
    expect((await form('/oauth2/token')).status).toBe(400);
  });

  test.each([
    ['POST', '/approve', {}, '422 user_code must be a string'],
    ['POST', '/approve', { user_code: 'A', user: 1 }, '422 user and organization must be strings'],
    ['POST', '/approve', { user_code: 'AAAA-AAAA' }, '400 This code is not known.'],
    ['POST', '/deny', undefined, '422 user_code must be a string'],
    ['POST', '/revoke', { session_id: 'x' }, "404 Session not found: 'x'."],
    ['POST', '/revoke', {}, '422 session_id must be a string'],
    ['POST', '/rotate', { keep: 'yes' }, '422 keep must be true or false'],
    ['PATCH', '/settings', { tokenLifetime: 5, interval: -1 }, '422 interval cannot be -1'],
    ['PATCH', '/settings', { apiKey: 'x' }, '422 there is no setting apiKey'],
    ['POST', '/faults', { kind: 'late' }, '422 kind must be one of status, reset, hang, garbage, cutoff, lost, delay'],
    ['GET', '/approve', undefined, '404 no such control endpoint'],
  ])('%s %s with %j is refused', async (method, path, body, refusal) => {
    const { control, workos } = await openControl();
    const answer = await control(method, path, body);
    expect(`${answer.status} ${answer.body.error.message}`).toMatch(refusal);
    expect(workos.settings.tokenLifetime).toBe(300);
  });
});

test('reset brings back people and settings, and keeps the keys of the beginning', async () => {
  const { sandbox, signIn, administer, ask, workos } = await openWorkos({ workos: { tokenLifetime: 9 } });
  await signIn();
  const keys = (await ask('GET', '/sso/jwks/client_sandbox')).body;
  await administer('DELETE', '/user_management/users/user_sandbox_ada');
  workos.rotateKeys({ keep: false });
  workos.settings.tokenLifetime = 1;
  workos.settings.audience = 'me';
  workos.fault({ kind: 'reset' });
  sandbox.reset();
  expect(workos.requests).toEqual([]);
  const claims = decode((await signIn()).access_token);
  expect([claims.sub, claims.exp - claims.iat, claims.aud]).toEqual(['user_sandbox_ada', 9, undefined]);
  expect((await ask('GET', '/sso/jwks/client_sandbox')).body).toEqual(keys);
  expect((await administer('GET', '/events')).body.data).toHaveLength(1);
});

test('two sandboxes share nothing', async () => {
  const [one, other] = [await openWorkos(), await openWorkos()];
  const device = await one.begin();
  const { refresh_token } = await one.signIn();
  await one.administer('DELETE', '/user_management/users/user_sandbox_ben');
  one.workos.settings.interval = 1;
  one.workos.fault({ kind: 'reset', times: 9 });
  expect(() => other.workos.approve(device.user_code)).toThrow('not known');
  expect(refusalOf(await other.refresh(refresh_token))).toBe('400 invalid_grant');
  expect((await other.administer('GET', '/user_management/users/user_sandbox_ben')).status).toBe(200);
  expect(other.workos.settings.interval).toBe(5);
});

test('whatever is sent to whatever path, the reply is well formed and the sandbox goes on', async () => {
  const stderr = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  const { ask, workos, clock } = await openWorkos();
  const value = fc.oneof(
    fc.constantFrom(
      'user_sandbox_ada',
      'org_sandbox',
      'viewer',
      'ada@example.com',
      deviceGrant,
      'refresh_token',
      '',
      null,
    ),
    fc.constantFrom(true, 0, 5, -1, 'password', 'client_sandbox', '__proto__', 'sk_sandbox_worth_nothing_elsewhere'),
    fc.string(),
    fc.object({ maxDepth: 1 }),
    fc.array(fc.string(), { maxLength: 2 }),
  );
  const names = ['email', 'password', 'user_id', 'organization_id', 'role_slug', 'role_slugs', 'session_id', 'scope'];
  const more = ['grant_type', 'client_id', 'client_secret', 'device_code', 'refresh_token', 'name', 'metadata', 'user'];
  const fields = fc.dictionary(fc.constantFrom(...names, ...more, 'expires_in_days', 'user_code', 'first_name'), value);
  const body = fc.oneof(
    { weight: 5, arbitrary: fields.map(fields => JSON.stringify(fields)) },
    fc.string(),
    fc.json(),
    fc.constantFrom('', 'null', '{"__proto__":{"email":"a@b"}}', 'grant_type=password&email=%ff'),
  );
  const type = fc.constantFrom('application/json', 'application/x-www-form-urlencoded', 'text/plain');
  const id = fc.constantFrom('user_sandbox_ada', 'org_sandbox', 'client_sandbox', 'viewer', 'x', '%00', '__proto__');
  const query = fc.constantFrom(
    '',
    '?limit=x',
    '?after=y',
    '?user_id=a',
    '?events=,',
    '?user_code=A',
    '?order=%ff',
    '?&=',
  );
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...workosRoutes), id, query, body, type, async (route, id, query, body, type) => {
      const path = route.path.replace(/\{\w+\}/g, id) + query;
      const headers = { 'Content-Type': type, Authorization: `Bearer ${workos.apiKey}` };
      const answer = await ask(route.method, path, route.method === 'GET' ? undefined : body, headers);
      expect(answer.status).not.toBe(500);
      if (answer.status >= 400 && typeof answer.body === 'object') {
        expect([answer.body.error ?? answer.body.code, answer.body.error_description ?? answer.body.message]).toEqual([
          expect.any(String),
          expect.any(String),
        ]);
      }
      clock.advance(997);
    }),
    { numRuns: 600 },
  );
  expect(stderr.mock.calls.filter(([text]) => String(text).startsWith('cloudctl sandbox'))).toEqual([]);
}, 60_000);
