import fs from 'node:fs';
import { describe, expect, it } from 'vitest';
import { openCredentials } from '../../../src/core/auth/credentials.ts';
import { fromPlain, noSecrets, put, type Secrets, toPlain } from '../../../src/core/auth/secrets.ts';
import { memoryKeyring } from '../../helpers/keyring.ts';
import { failureOf, home } from '../config/home.ts';
import { account } from './accounts.ts';

const pending = {
  endpoint: 'https://api.workos.com',
  clientId: 'client_1',
  deviceCode: 'geheim',
  userCode: 'ABCD-EFGH',
  verificationUri: 'https://auth.example.com/device',
  expiresAt: 300_000,
  interval: 5000,
};
const origin = 'https://cloud.example.com';
const { tokens: _, ...ended } = account({ ended: 'Session has already ended' });

/** One of each kind. */
const secrets: Secrets = {
  credentials: new Map([
    ['prod', { token: 'hetzner', origin: 'https://api.hetzner.cloud' }],
    ['team', { account: 'ada@example.com', origin }],
  ]),
  accounts: new Map([
    ['ada@example.com', account()],
    ['ben@example.com', ended],
  ]),
  signIns: new Map([['ABCD-EFGH', pending]]),
};

describe('secrets', () => {
  it('are the same after they were written and read', () => {
    expect(fromPlain(JSON.parse(JSON.stringify(toPlain(secrets))))).toEqual(secrets);
    expect(toPlain(noSecrets)).toEqual({ version: 1, credentials: {} });
  });

  it.each([
    ['a credential that is a token and an account', { credentials: { x: { token: 'a', account: 'b', origin } } }],
    ['a credential that is neither', { credentials: { x: { origin } } }],
    ['a credential for no origin', { credentials: { x: { account: 'b' } } }],
    ['an account without a user', { accounts: { x: { ...account(), user: undefined } } }],
    ['an account without an environment', { accounts: { x: { ...account(), clientId: 1 } } }],
    ['an account with half of its tokens', { accounts: { x: { ...account(), tokens: { accessToken: 'a' } } } }],
    ['an account with an organization that has no id', { accounts: { x: { ...account(), organization: {} } } }],
    ['accounts that are a list', { accounts: [] }],
    ['a sign-in that has no code', { signIns: { x: { ...pending, deviceCode: undefined } } }],
    ['a sign-in that never ends', { signIns: { x: { ...pending, expiresAt: 'soon' } } }],
  ])('with %s are broken: that is said, and they are never overwritten', async (_name, broken) => {
    const text = JSON.stringify({ version: 1, credentials: {}, ...broken });
    const at = home();
    fs.writeFileSync(at.credentials, text, { mode: 0o600 });
    const store = openCredentials(at, at.config);
    const failure = await failureOf(() => store.change(all => put(all, 'accounts', 'new', account())));
    expect(failure).toMatchObject({ code: 'usage', message: expect.stringContaining(at.credentials) });
    expect(failure.message).not.toContain('geheim');
    expect(fs.readFileSync(at.credentials, 'utf8')).toBe(text);
  });

  it('of every kind are in the encrypted file and nowhere as text', async () => {
    const at = home({ keyring: memoryKeyring() });
    const store = openCredentials(at, at.config);
    await store.change(() => secrets);
    const text = fs.readFileSync(at.credentials, 'utf8');
    expect(text).not.toMatch(/geheim|refresh-1|ada@example.com|hetzner/);
    expect(await store.read()).toEqual(secrets);
    await store.change(() => noSecrets);
    expect(fs.existsSync(at.credentials)).toBe(false);
  });

  it('that are put or taken away leave the others alone', () => {
    const without = put(secrets, 'accounts', 'ada@example.com', undefined);
    expect([...without.accounts.keys()]).toEqual(['ben@example.com']);
    expect(without.credentials).toBe(secrets.credentials);
    expect(secrets.accounts.size).toBe(2);
  });
});

describe('the proof that a change could be written', () => {
  it('leaves nothing behind', async () => {
    const at = home();
    await openCredentials(at, at.config).prove();
    expect(fs.readdirSync(`${at.credentials}/..`.replace('credentials.json/..', ''))).toEqual([]);
  });

  it('fails where the folder cannot be written, and where there is none', async () => {
    const at = home();
    fs.writeFileSync(`${at.folder}/file`, '');
    const failure = await failureOf(() => openCredentials(at, `${at.folder}/file/config.toml`).prove());
    expect(failure.code).toBe('usage');
    expect(await failureOf(() => openCredentials(at, undefined).prove())).toMatchObject({ code: 'usage' });
  });
});
