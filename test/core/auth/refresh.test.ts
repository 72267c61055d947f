import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openCredentials } from '../../../src/core/auth/credentials.ts';
import { awaitSignIn, beginSignIn } from '../../../src/core/auth/device.ts';
import { accountTokens, type Desk, freshAccount } from '../../../src/core/auth/refresh.ts';
import { put } from '../../../src/core/auth/secrets.ts';
import { Failure } from '../../../src/core/failure.ts';
import { createTransport } from '../../../src/core/transport/transport.ts';
import type { HttpRequest, Transport } from '../../../src/core/world.ts';
import { type SandboxOptions, startSandbox } from '../../../src/sandbox/index.ts';
import { fakeClock } from '../../helpers/clock.ts';
import { failureOf, home } from '../config/home.ts';

const name = 'ada@example.com';
const minute = 60_000;

/** Ada, signed in at a sandbox that shares the fake clock, or is `off` by so many milliseconds. */
async function signedIn(options: SandboxOptions['workos'] = {}, user = name, off = 0) {
  const clock = fakeClock();
  const theirs = { now: () => clock.now() + off };
  const sandbox = await startSandbox({ clock: theirs, workos: { interval: 1, ...options } });
  onTestFinished(() => sandbox.stop());
  const http = createTransport({ env: {} });
  onTestFinished(() => http.close());
  const side = sandbox.workos;
  const at = { ...home(), clock };
  const workos = { endpoint: side.url, clientId: side.clientId, http, userAgent: 'cloudctl/test' };
  const begun = await beginSignIn(workos, { clock });
  side.approve(begun.userCode, { user });
  const account = await awaitSignIn(workos, begun, { clock });
  const store = openCredentials(at, at.config);
  await store.change(secrets => put(secrets, 'accounts', name, account));
  const desk = (more: Partial<Desk['world']> = {}): Desk => ({
    world: { ...at, http, ...more },
    configPath: at.config,
    storage: 'auto',
    refresh: true,
    userAgent: 'cloudctl/test',
  });
  const refreshes = () => side.requests.filter(({ grant }) => grant === 'refresh_token').length;
  const stored = async () => (await store.read()).accounts.get(name);
  return { at, clock, side, account, desk, refreshes, stored, http };
}

const refreshPath = { path: '/user_management/authenticate' } as const;

describe('tokens that are fresh', () => {
  it('are given as they are, without a request', async () => {
    const { account, desk, refreshes } = await signedIn();
    expect((await freshAccount(desk(), name)).tokens).toEqual(account.tokens);
    expect(refreshes()).toBe(0);
  });
});

describe('tokens that are about to expire', () => {
  it('are exchanged once, written down, and the role is the one of now', async () => {
    const { at, clock, side, account, desk, refreshes, stored } = await signedIn();
    [...side.state.memberships.values()][0]!.roles = [{ slug: 'viewer' }];
    [...side.state.memberships.values()][0]!.role = { slug: 'viewer' };
    await clock.advance(4 * minute);
    const renewed = await freshAccount(desk(), name);
    expect(renewed.tokens.accessToken).not.toBe(account.tokens!.accessToken);
    expect(renewed.tokens.expiresAt).toBe(clock.now() + 5 * minute);
    expect(await stored()).toEqual(renewed);
    expect(refreshes()).toBe(1);
    await freshAccount(desk(), name);
    expect(refreshes()).toBe(1);
    expect(fs.readdirSync(path.dirname(at.config))).toEqual(['credentials.json']);
  });

  it('are exchanged by one of many who ask at the same time', async () => {
    const { clock, desk, refreshes } = await signedIn();
    await clock.advance(10 * minute);
    const all = await Promise.all(Array.from({ length: 20 }, () => freshAccount(desk(), name)));
    expect(new Set(all.map(({ tokens }) => tokens.accessToken)).size).toBe(1);
    expect(refreshes()).toBe(1);
  });

  it.each(['lost', 'cutoff', 'reset', 'garbage'] as const)(
    'are had by a second try when the reply is %s',
    async kind => {
      const { clock, side, desk, refreshes, stored } = await signedIn();
      await clock.advance(10 * minute);
      side.fault({ kind, ...refreshPath });
      const renewed = await freshAccount(desk(), name);
      expect(await stored()).toEqual(renewed);
      expect(refreshes()).toBe(2);
    },
  );

  it('are tried for until the time is over in which a lost reply can be had again, and are not lost', async () => {
    const { clock, side, desk, stored, account } = await signedIn();
    await clock.advance(10 * minute);
    const before = clock.now();
    side.fault({ kind: 'status', status: 503, times: 1000, ...refreshPath });
    expect(await failureOf(() => freshAccount(desk(), name))).toMatchObject({ code: 'unreachable' });
    expect(clock.now() - before).toBeGreaterThan(20_000);
    expect(clock.now() - before).toBeLessThanOrEqual(25_000);
    expect(await stored()).toEqual(account);
  });

  it('are not tried for long where nothing could be sent', async () => {
    const { clock, desk, account, stored } = await signedIn();
    await clock.advance(10 * minute);
    const before = clock.now();
    const http: Transport = () => Promise.reject(new Failure('unreachable', 'no network'));
    expect(await failureOf(() => freshAccount(desk({ http }), name))).toMatchObject({ message: 'no network' });
    expect(clock.now() - before).toBeLessThanOrEqual(5_000);
    expect(await stored()).toEqual(account);
  });

  it('are not exchanged where nobody waits for the end of it', async () => {
    const { clock, desk, refreshes, account } = await signedIn();
    const hasty = { ...desk(), refresh: false };
    expect((await freshAccount(hasty, name)).tokens).toEqual(account.tokens);
    await clock.advance(10 * minute);
    expect(await failureOf(() => freshAccount(hasty, name))).toMatchObject({ code: 'unauthorized' });
    expect(refreshes()).toBe(0);
  });

  it('wait as long as a busy server asks for', async () => {
    const { clock, side, desk } = await signedIn();
    await clock.advance(10 * minute);
    side.fault({ kind: 'status', status: 429, headers: { 'retry-after': '3' }, ...refreshPath });
    await freshAccount(desk(), name);
    expect(clock.slept).toContain(3000);
  });

  it('are still used until they expire, when they cannot be exchanged early', async () => {
    const { clock, desk, account } = await signedIn();
    const http: Transport = () => Promise.reject(new Failure('unreachable', 'no network'));
    await clock.advance(4.5 * minute);
    expect((await freshAccount(desk({ http }), name)).tokens).toEqual(account.tokens);
    await clock.advance(minute);
    expect(await failureOf(() => freshAccount(desk({ http }), name))).toMatchObject({ code: 'unreachable' });
  });

  it('are not exchanged where the answer could not be written, and nothing is lost', async () => {
    const { at, clock, desk, refreshes, account } = await signedIn();
    await clock.advance(10 * minute);
    const credentials = fs.readFileSync(at.credentials, 'utf8');
    fs.writeFileSync(`${at.config}.lock`, JSON.stringify({ pid: process.pid, host: 'elsewhere', since: clock.now() }));
    expect(await failureOf(() => freshAccount(desk(), name))).toMatchObject({ code: 'busy' });
    expect(refreshes()).toBe(0);
    expect(fs.readFileSync(at.credentials, 'utf8')).toBe(credentials);
    fs.rmSync(`${at.config}.lock`);
    expect((await freshAccount(desk(), name)).tokens).not.toEqual(account.tokens);
  });

  it('are written down though Ctrl-C comes while the request is under way', async () => {
    const { clock, desk, stored, account, http } = await signedIn();
    await clock.advance(10 * minute);
    const stop = new AbortController();
    const slow = async (request: HttpRequest) => {
      const answer = await http(request);
      stop.abort(new Failure('interrupted', 'interrupted'));
      return answer;
    };
    const failure = await failureOf(() => freshAccount(desk({ http: slow, signal: stop.signal }), name));
    expect(failure.code).toBe('interrupted');
    expect((await stored())?.tokens?.accessToken).not.toBe(account.tokens!.accessToken);
    expect((await freshAccount(desk(), name)).tokens.expiresAt).toBe(clock.now() + 5 * minute);
  });
});

describe('a clock that is off', () => {
  it.each([-10 * minute, 10 * minute])('by %i ms makes no difference: the time since the answer counts', async off => {
    const { clock, desk, refreshes } = await signedIn({}, name, off);
    await clock.advance(10 * minute);
    await freshAccount(desk(), name);
    expect(refreshes()).toBe(1);
    await clock.advance(3 * minute);
    await freshAccount(desk(), name);
    expect(refreshes()).toBe(1);
    await clock.advance(1.5 * minute);
    await freshAccount(desk(), name);
    expect(refreshes()).toBe(2);
  });
});

describe('a session that has ended', () => {
  it('is told in one clear sentence, its tokens are forgotten, and the server is not asked again', async () => {
    const { clock, side, desk, stored, refreshes } = await signedIn();
    side.revoke([...side.state.sessions.keys()][0]!);
    await clock.advance(10 * minute);
    const failure = await failureOf(() => freshAccount(desk(), name));
    expect(failure).toMatchObject({ code: 'unauthorized', hint: 'cloudctl login' });
    expect(failure.message).toBe('the session of ada@example.com has ended (Session has already ended)');
    expect(await stored()).toMatchObject({ ended: 'Session has already ended' });
    expect((await stored())?.tokens).toBeUndefined();
    expect((await failureOf(() => freshAccount(desk(), name))).message).toBe(failure.message);
    expect(refreshes()).toBe(1);
  });

  it('ends all who wait with the same sentence and one request', async () => {
    const { clock, side, desk, refreshes } = await signedIn();
    side.revoke([...side.state.sessions.keys()][0]!);
    await clock.advance(10 * minute);
    const all = await Promise.all(Array.from({ length: 20 }, () => failureOf(() => freshAccount(desk(), name))));
    expect(new Set(all.map(({ message }) => message)).size).toBe(1);
    expect(refreshes()).toBe(1);
  });

  it('is one whose spent token is sent again after the window', async () => {
    const { clock, side, desk, http } = await signedIn();
    await clock.advance(10 * minute);
    side.fault({ kind: 'lost', times: 1, ...refreshPath });
    const once: Transport = request => http(request).catch(() => Promise.reject(new Failure('forbidden', 'killed')));
    await failureOf(() => freshAccount(desk({ http: once }), name));
    await clock.advance(31_000);
    expect(await failureOf(() => freshAccount(desk(), name))).toMatchObject({
      code: 'unauthorized',
      message: expect.stringContaining('already exchanged'),
    });
  });
});

describe('another organization', () => {
  it('is had by an exchange, and the name that is known of it stays', async () => {
    const { side, desk, stored } = await signedIn({ organizationSelection: 'none' }, 'cleo@example.com');
    expect((await stored())?.organization).toBeUndefined();
    const renewed = await freshAccount(desk(), name, { organization: 'org_workshop' });
    expect(renewed.organization).toEqual({ id: 'org_workshop' });
    await freshAccount(desk(), name, { organization: 'org_workshop' });
    expect(side.requests.filter(({ grant }) => grant === 'refresh_token')).toHaveLength(1);
    const failure = await failureOf(() => freshAccount(desk(), name, { organization: 'org_nowhere' }));
    expect(failure.apiCode).toBe('organization_not_found');
    expect(await stored()).toEqual(renewed);
  });
});

describe('a source of tokens for a client', () => {
  it('looks into the store once while the token is fresh, and again when it is refused', async () => {
    const { at, desk, account, refreshes } = await signedIn();
    const source = accountTokens(desk(), name);
    const first = await source();
    expect(first).toBe(account.tokens!.accessToken);
    fs.renameSync(at.credentials, `${at.credentials}.away`);
    expect(await source()).toBe(first);
    fs.renameSync(`${at.credentials}.away`, at.credentials);
    const [second, third] = await Promise.all([source(first), source(first)]);
    expect(second).not.toBe(first);
    expect(third).toBe(second);
    expect(refreshes()).toBe(1);
  });

  it('takes what another process has got in the meantime in place of a refused token', async () => {
    const { desk, refreshes, account } = await signedIn();
    const source = accountTokens(desk(), name);
    const first = await source();
    const renewed = await freshAccount(desk(), name, { force: true });
    expect(await source(first)).toBe(renewed.tokens.accessToken);
    expect(renewed.tokens.accessToken).not.toBe(account.tokens!.accessToken);
    expect(refreshes()).toBe(1);
  });

  it('fails with what is neither tried again nor taken for a change that may have been made', async () => {
    const { clock, side, desk } = await signedIn();
    await clock.advance(10 * minute);
    side.fault({ kind: 'status', status: 503, times: 1000, ...refreshPath });
    const failure = await failureOf(() => accountTokens(desk(), name)());
    expect(failure).toMatchObject({ code: 'unreachable', ambiguous: false });
    expect(failure.message).toContain('the sign-in cannot be refreshed');
  });
});

it('nobody who has not signed in has tokens', async () => {
  const { desk } = await signedIn();
  expect(await failureOf(() => freshAccount(desk(), 'ben@example.com'))).toMatchObject({
    code: 'unauthorized',
    message: 'not signed in as ben@example.com',
  });
  const nowhere: Desk = { ...desk(), configPath: undefined };
  expect(await failureOf(() => freshAccount(nowhere, name))).toMatchObject({ code: 'unauthorized' });
});
