import { describe, expect, it } from 'vitest';
import { hashToken } from '../../../src/core/auth/gateway-token.ts';
import type { Principal, Verifier } from '../../../src/core/auth/verify/index.ts';
import { Failure } from '../../../src/core/failure.ts';
import { fakeClock } from '../../helpers/clock.ts';
import { listenOnPort, openApi } from './served.ts';

const principal = { user: 'user_1', session: 's', roles: [], permissions: [], expiresAt: 0, issuedAt: 0 };
const people: Readonly<Record<string, Principal>> = {
  'a.admin.x': { ...principal, role: 'admin' },
  'a.second.x': { ...principal, user: 'user_2', role: 'member', roles: ['member', 'admin'] },
  'a.member.x': { ...principal, user: 'user_3', role: 'member' },
};
const verifier: Verifier = {
  async verify(token) {
    const found = people[token];
    if (!found) throw new Failure('unauthorized', 'the token is not signed by the issuer');
    return found;
  },
};
const token = { name: 'ci', hash: hashToken('let-me-in') };
const tokens = () => [token];
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

describe('who may use the API', () => {
  it('lets the local user in on the socket as an admin, without a token', async () => {
    const { ask } = await openApi({ socketName: 'root@socket' });
    expect((await ask('GET', '/cloudctl/v1/schedules')).status).toBe(200);
    expect((await ask('POST', '/cloudctl/v1/freeze')).body.status.frozen.by).toBe('root@socket');
  });

  it('lets an admin token in from outside, and nobody without or with another', async () => {
    const { ask, entries } = await openApi({ tokens });
    const tcp = (headers = {}) => ask('GET', '/cloudctl/v1/schedules', undefined, headers, 'tcp');
    expect((await tcp(bearer('let-me-in'))).status).toBe(200);
    for (const headers of [
      {},
      bearer('let-me-out'),
      bearer(''),
      { authorization: 'Basic let-me-in' },
      bearer(token.hash),
    ]) {
      const refused = await tcp(headers);
      expect(refused).toMatchObject({ status: 401, body: { error: { code: 'unauthorized' } } });
      expect(refused.headers.get('www-authenticate')).toBe('Bearer');
    }
    const made = await ask('POST', '/cloudctl/v1/freeze', {}, bearer('let-me-in'), 'tcp');
    expect(made.body.status.frozen.by).toBe('ci');
    expect((await entries()).filter(row => row.result === 'refused')).toHaveLength(5);
  });

  it('takes a request that does not say where it came from for one from outside', async () => {
    const { app } = await openApi({ tokens });
    expect((await app.request('/cloudctl/v1/schedules')).status).toBe(401);
  });

  it('lets people in by an access token of WorkOS, of whom an admin may do everything', async () => {
    const { ask, entries } = await openApi({ tokens, verifier });
    const tcp = (token: string) => ask('POST', '/cloudctl/v1/freeze', {}, bearer(token), 'tcp');
    expect((await tcp('a.admin.x')).body.status.frozen.by).toBe('user_1');
    expect((await tcp('a.second.x')).status).toBe(200);
    expect(await tcp('a.member.x')).toMatchObject({ status: 403, body: { error: { code: 'forbidden' } } });
    expect((await tcp('a.forged.x')).status).toBe(401);
    const refused = (await entries()).filter(row => row.result === 'refused');
    expect(refused.map(row => [row.actor, row.action, row.target_id])).toEqual([
      ['user_3', 'daemon.freeze', ''],
      ['unknown', 'request.post', '/cloudctl/v1/freeze'],
    ]);
  });

  it('takes no token of WorkOS where that is not configured', async () => {
    const { ask } = await openApi({ tokens });
    expect((await ask('GET', '/cloudctl/v1/status', undefined, bearer('a.admin.x'), 'tcp')).status).toBe(401);
  });

  it('says 503 when it cannot be told who somebody is', async () => {
    const down = { verify: () => Promise.reject(new Failure('unreachable', 'no keys')) };
    const { ask } = await openApi({ verifier: down });
    expect((await ask('GET', '/cloudctl/v1/status', undefined, bearer('a.admin.x'), 'tcp')).status).toBe(503);
  });

  it('enters no more than sixty refusals of strangers in a minute, and when it is over how many there were', async () => {
    const clock = fakeClock(undefined, { auto: false });
    const { ask, entries } = await openApi({ tokens, clock });
    for (let count = 0; count < 100; count += 1) await ask('GET', '/cloudctl/v1/status', undefined, {}, 'tcp');
    expect(await entries()).toHaveLength(60);
    await clock.advance(60_000);
    await expect.poll(async () => (await entries()).length).toBe(61);
    expect((await entries()).at(-1)?.reason).toBe(
      'unauthorized: no token was given (and 39 more refusals within a minute)',
    );
  });

  it('notes the address of a request that comes over the network', async () => {
    const { app, entries } = await openApi({ tokens });
    const url = await listenOnPort(app);
    expect((await fetch(`${url}/cloudctl/v1/status`)).status).toBe(401);
    expect((await entries())[0]?.address).toMatch(/127\.0\.0\.1$/);
  });

  it('has nothing of a token in the log, the answer or the audit log', async () => {
    const { ask, entries, logged } = await openApi({ tokens, verifier });
    const answer = await ask('POST', '/cloudctl/v1/schedules?x=1', { a: 1 }, bearer('hunter2-secret'), 'tcp');
    expect(JSON.stringify([answer.body, logged, await entries()])).not.toMatch('hunter2-secret');
  });
});
