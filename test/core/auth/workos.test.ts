import { describe, expect, it, onTestFinished } from 'vitest';
import { authenticate, endSession, grants } from '../../../src/core/auth/workos.ts';
import { createTransport } from '../../../src/core/transport/transport.ts';
import { scripted } from '../../helpers/scripted.ts';
import { failureOf } from '../config/home.ts';

const form = { grant_type: grants.refresh, refresh_token: 'geheim' };
const path = 'POST /user_management/authenticate';

async function ask(answer: { status: number; answer?: unknown; text?: string; headers?: Record<string, string> }) {
  const { url, received } = await scripted([{ request: path, ...answer }]);
  const http = createTransport({ env: {} });
  onTestFinished(() => http.close());
  const workos = { endpoint: url, clientId: 'client_1', http, userAgent: 'cloudctl/test' };
  return { received, result: () => authenticate(workos, form, { timeout: 2000 }) };
}

describe('a request to WorkOS', () => {
  it('is a form with the client id and neither key nor secret', async () => {
    const { received, result } = await ask({ status: 200, answer: { ok: true } });
    expect(await result()).toEqual({ ok: true });
    const [{ headers, body }] = received as [(typeof received)[0]];
    expect(headers).toMatchObject({
      'content-type': 'application/x-www-form-urlencoded',
      'user-agent': 'cloudctl/test',
    });
    expect(headers.authorization).toBeUndefined();
    expect(String(body)).toBe('client_id=client_1&grant_type=refresh_token&refresh_token=geheim');
  });

  it.each([
    [400, { error: 'authorization_pending' }, 'conflict', 'authorization_pending'],
    [400, { error: 'slow_down' }, 'conflict', 'slow_down'],
    [400, { error: 'access_denied', error_description: 'No.' }, 'unauthorized', 'access_denied'],
    [400, { error: 'expired_token' }, 'unauthorized', 'expired_token'],
    [400, { error: 'invalid_grant' }, 'unauthorized', 'invalid_grant'],
    [400, { code: 'invalid_grant', message: 'Gone' }, 'unauthorized', 'invalid_grant'],
    [400, { error: 'invalid_client' }, 'usage', 'invalid_client'],
    [422, { code: 'invalid_request_parameters' }, 'usage', 'invalid_request_parameters'],
    [
      403,
      { code: 'organization_selection_required', message: 'Choose' },
      'forbidden',
      'organization_selection_required',
    ],
    [400, { error: 'sso_required', error_description: 'Use SSO' }, 'forbidden', 'sso_required'],
    [400, { message: 'Must use SSO for selected organization' }, 'forbidden', '400'],
    [429, { error: 'too_many_requests' }, 'limited', 'too_many_requests'],
    [429, { code: 'daily_quota_exceeded' }, 'refused', 'daily_quota_exceeded'],
    [429, undefined, 'limited', '429'],
  ] as const)('that is answered with %i and %j is %s', async (status, answer, code, apiCode) => {
    const { result } = await ask({ status, ...(answer ? { answer } : { text: '' }) });
    const failure = await failureOf(result);
    expect([failure.code, failure.apiCode, failure.ambiguous]).toEqual([code, apiCode, false]);
    expect(failure.message).not.toBe('');
    expect(failure.message).not.toMatch(/\.$/);
  });

  it.each([500, 502, 503, 504, 408])('that is answered with %i may have been carried out', async status => {
    const { result } = await ask({ status, text: '<html>busy</html>' });
    expect(await failureOf(result)).toMatchObject({ code: 'unreachable', ambiguous: true });
  });

  it('that is answered with a page or with half an answer is no answer', async () => {
    for (const text of ['<html></html>', '{"access_token":"gehe', '[]', '"x"', '']) {
      const failure = await failureOf((await ask({ status: 200, text })).result);
      expect(failure).toMatchObject({ code: 'unreachable', ambiguous: true });
      expect(failure.message).not.toContain('gehe');
    }
    expect(await failureOf((await ask({ status: 404, text: '<html></html>' })).result)).toMatchObject({
      code: 'unreachable',
      message: expect.stringContaining('did not answer as WorkOS (HTTP 404)'),
    });
  });

  it('that is answered with a choice has its organizations and how long to wait in the details', async () => {
    const answer = {
      code: 'organization_selection_required',
      message: 'Choose',
      pending_authentication_token: 'pending',
      organizations: [{ id: 'org_1', name: 'One' }, { id: 'org_2' }, 'x', { name: 'no id' }],
    };
    const failure = await failureOf((await ask({ status: 403, answer })).result);
    expect(failure.details).toEqual({
      pendingToken: 'pending',
      organizations: [
        { id: 'org_1', name: 'One' },
        { id: 'org_2', name: 'org_2' },
      ],
    });
    const late = await ask({ status: 429, answer: { error: 'x' }, headers: { 'retry-after': '7' } });
    expect((await failureOf(late.result)).details).toEqual({ retryAfter: 7 });
  });
});

describe('ending a session', () => {
  const open = async (status: number, headers = {}) => {
    const { url } = await scripted([
      { request: 'GET /user_management/sessions/logout?session_id=session_1', status, answer: {}, headers },
    ]);
    const http = createTransport({ env: {} });
    onTestFinished(() => http.close());
    return () => endSession({ endpoint: url, clientId: 'c', http, userAgent: 'u' }, 'session_1', { timeout: 2000 });
  };

  it('does not follow where it is sent to', async () => {
    await (await open(302, { location: 'http://127.0.0.1:9/elsewhere' }))();
    await (await open(200))();
  });

  it('fails when it is not certain', async () => {
    expect(await failureOf(await open(500))).toMatchObject({ code: 'unreachable' });
    expect(await failureOf(await open(422))).toMatchObject({ code: 'unreachable' });
  });
});
