import { describe, expect, it } from 'vitest';
import { createVerifier } from '../../../../src/core/auth/verify/index.ts';
import { fakeClock } from '../../../helpers/clock.ts';
import { failureOf } from '../../config/home.ts';
import {
  claims,
  clientId,
  createIssuer,
  issuer,
  jwksUrl,
  keys,
  makeKey,
  now,
  seconds,
  setUp,
  signToken,
  token,
} from './issuer.ts';

/** What is said of the refusal of a token with these claims. */
async function said(changes: Record<string, unknown>, options: Parameters<typeof setUp>[0] = {}) {
  const { verify } = setUp(options);
  const { code, message, hint } = await failureOf(() => verify(token(changes)));
  expect({ code, hint }).toEqual({ code: 'unauthorized', hint: expect.any(String) });
  return message;
}

describe('a good token', () => {
  it('tells user, session and times, and no rights that it does not name', async () => {
    expect(await setUp().verify(token())).toEqual({
      user: 'user_01J8ZKAAAA',
      session: 'session_01J8ZKBBBB',
      roles: [],
      permissions: [],
      issuedAt: now - 60_000,
      expiresAt: now + 240_000,
    });
  });

  it('tells organization, roles, permissions, its id and who acts in the name of the user', async () => {
    const principal = await setUp().verify(
      token({
        org_id: 'org_1',
        role: 'admin',
        roles: ['admin', 'member'],
        permissions: ['servers:read'],
        jti: 'token_1',
        act: { sub: 'user_helper' },
        client_id: clientId,
        nbf: seconds,
        entitlements: ['anything', { else: true }],
      }),
    );
    expect(principal).toMatchObject({
      organization: 'org_1',
      role: 'admin',
      roles: ['admin', 'member'],
      permissions: ['servers:read'],
      tokenId: 'token_1',
      actor: 'user_helper',
    });
  });

  it('may be from any of the issuers and signed by any of the keys', async () => {
    const { verify, source } = setUp();
    await verify(token({ iss: issuer }, keys.first));
    await verify(token({ iss: 'https://api.workos.com' }, keys.second));
    expect(source.requests).toHaveLength(1);
  });

  it.each(['JWT', 'jwt', 'at+jwt', 'application/at+jwt'])('may be of the type %s', async typ => {
    const header = { alg: 'RS256', kid: keys.first.kid, typ };
    await setUp().verify(signToken(header, claims(), keys.first));
  });

  it('may name other places for keys: they are not asked', async () => {
    const { verify, source } = setUp();
    const elsewhere = { jku: 'https://evil.example/jwks', x5u: 'https://evil.example/x5u' };
    await verify(signToken({ alg: 'RS256', kid: keys.first.kid, ...elsewhere }, claims(), keys.first));
    expect(source.requests.map(({ url }) => url.href)).toEqual([jwksUrl]);
  });

  it('may have deeply nested claims that nobody reads', async () => {
    const deep = `${'['.repeat(2500)}${']'.repeat(2500)}`;
    const payload = JSON.stringify(claims()).replace('{', `{"deep":${deep},`);
    await setUp().verify(signToken({ alg: 'RS256', kid: keys.first.kid }, payload, keys.first));
  });

  it('may have strings that look like members given twice', async () => {
    const tricky = { a: '"sub":', b: ['sub', ':', '\\"sub\\":', 'x"', '":"'], c: { sub: { sub: 1 } }, '"': '\\' };
    const payload = JSON.stringify({ ...claims(), tricky }, undefined, 2);
    await setUp().verify(signToken({ alg: 'RS256', kid: keys.first.kid }, payload, keys.first));
  });
});

describe('time', () => {
  it('may differ by less than five seconds between issuer and verifier', async () => {
    const { verify } = setUp();
    await verify(token({ exp: seconds - 4 }));
    await verify(token({ iat: seconds + 5, nbf: seconds + 5 }));
  });

  it('ends a token, as the clock of the world tells', async () => {
    const { verify, clock } = setUp();
    const one = token();
    await verify(one);
    await clock.advance(10 * 60_000);
    expect((await failureOf(() => verify(one))).message).toBe('the token has expired');
  });

  it('that is ten minutes behind the issuer refuses its tokens', async () => {
    const { verify, clock } = setUp();
    await clock.advance(-10 * 60_000);
    expect((await failureOf(() => verify(token()))).message).toBe('the token is not valid yet');
  });
});

describe('a refusal says what is wrong', () => {
  it.each<[string, Record<string, unknown>]>([
    ['the token has expired', { exp: seconds - 5 }],
    ['the token is not valid yet', { iat: seconds + 6 }],
    ['the token is not valid yet', { nbf: seconds + 6 }],
    ['the token was issued by someone else', { iss: 'https://api.workos.com.evil' }],
    ['the token was issued by someone else', { iss: undefined }],
    ['the token is for another application', { client_id: 'client_other' }],
    ['the token is for another application', { aud: 'client_other' }],
    ['the token is for another application', { aud: [] }],
    ["the token's claim 'sid' is missing or malformed", { sid: undefined }],
    ["the token's claim 'exp' is missing or malformed", { exp: 'tomorrow' }],
    ["the token's claim 'permissions' is missing or malformed", { permissions: 'all' }],
  ])('%s', async (message, changes) => {
    expect(await said(changes)).toBe(message);
  });

  it('and does not tell a wrong key from a wrong signature', async () => {
    const { verify } = setUp();
    const stranger = makeKey(keys.first.kid);
    const messages = await Promise.all(
      [token({}, stranger), token({}, { ...stranger, kid: 'unknown' })].map(async text => {
        return (await failureOf(() => verify(text))).message;
      }),
    );
    expect(messages).toEqual(Array(2).fill('the token is not signed by the issuer'));
  });
});

describe('an audience that the environment sets', () => {
  const options = { audience: 'https://cloudctl.example' };

  it('must be in the token, alone or among others', async () => {
    const { verify } = setUp(options);
    await verify(token({ aud: options.audience }));
    await verify(token({ aud: ['other', options.audience] }));
    expect(await said({ aud: clientId }, options)).toBe('the token is for another application');
    expect(await said({}, options)).toBe("the token's claim 'aud' is missing or malformed");
  });

  it('does not free the token from being for this client', async () => {
    const changes = { aud: options.audience, client_id: 'client_other' };
    expect(await said(changes, options)).toBe('the token is for another application');
  });
});

describe('organizations', () => {
  it('are all taken when none are named, and so is a token without one', async () => {
    const { verify } = setUp();
    expect((await verify(token({ org_id: 'org_any' }))).organization).toBe('org_any');
    expect((await verify(token())).organization).toBeUndefined();
  });

  it('that are named are the only ones', async () => {
    const options = { organizations: ['org_1', 'org_2'] };
    expect((await setUp(options).verify(token({ org_id: 'org_2' }))).organization).toBe('org_2');
    expect(await said({ org_id: 'org_3' }, options)).toBe('the token is for another organization');
    expect(await said({}, options)).toBe('the token is for no organization');
    expect(await said({ org_id: 'org_1' }, { organizations: [] })).toBe('the token is for another organization');
  });
});

describe('the address of the keys', () => {
  const make = (address: string) =>
    createVerifier({ jwksUrl: address, issuers: [issuer], clientId, http: createIssuer().http, clock: fakeClock(now) });

  it.each(['https://auth.example/jwks', 'http://127.0.0.1:4100/jwks', 'http://[::1]/jwks', 'http://localhost/jwks'])(
    'may be %s',
    address => void make(address),
  );

  it.each([
    'http://auth.example/jwks',
    'http://127.0.0.1.evil.example/jwks',
    'ftp://auth.example/jwks',
    'file:///etc/jwks.json',
    'data:application/json,{}',
    'https://user:password@auth.example/jwks',
    'auth.example',
    '',
  ])('may not be %j', async address => {
    const failure = await failureOf(() => make(address));
    expect(failure.code).toBe('usage');
    expect(failure.message).not.toContain('password');
  });
});
