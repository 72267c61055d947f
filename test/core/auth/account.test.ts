import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Account, chooseName, isFresh, readAccount } from '../../../src/core/auth/account.ts';
import { readClaims } from '../../../src/core/auth/claims.ts';
import { failureOf } from '../config/home.ts';
import { account, tokenOf } from './accounts.ts';

const from = { endpoint: 'https://api.workos.com', clientId: 'client_1' };
const answer = {
  user: { id: 'user_1', email: 'ada@example.com', first_name: 'Ada', last_name: 'Example' },
  access_token: tokenOf({ sub: 'user_1', sid: 'session_1', org_id: 'org_1', role: 'admin', exp: 1300, iat: 1000 }),
  refresh_token: 'refresh-1',
};

describe('the account in an answer', () => {
  it('expires its lifetime after the answer came, whatever the clocks of both sides say', () => {
    const read = readAccount(answer, from, 5_000_000);
    expect(read).toEqual({
      user: { id: 'user_1', email: 'ada@example.com', name: 'Ada Example' },
      organization: { id: 'org_1' },
      ...from,
      tokens: {
        accessToken: answer.access_token,
        refreshToken: 'refresh-1',
        expiresAt: 5_300_000,
        lifetime: 300_000,
      },
    });
  });

  it.each([
    ['no user', { ...answer, user: undefined }],
    ['a user without an address', { ...answer, user: { id: 'user_1' } }],
    ['no access token', { ...answer, access_token: undefined }],
    ['no refresh token', { ...answer, refresh_token: '' }],
    ['a refresh token with a line break', { ...answer, refresh_token: 'a\r\nb' }],
    ['an access token that is none', { ...answer, access_token: 'opaque' }],
    ['an access token without a user', { ...answer, access_token: tokenOf({ exp: 2, iat: 1 }) }],
    ['an access token that never was valid', { ...answer, access_token: tokenOf({ sub: 'a', exp: 1, iat: 1 }) }],
    ['an access token that is not JSON', { ...answer, access_token: 'a.b.c' }],
  ])('with %s is not taken', async (_, broken) => {
    const failure = await failureOf(() => readAccount(broken, from, 0));
    expect(failure.code).toBe('unreachable');
    expect(failure.message).not.toContain('refresh-1');
  });
});

describe('the claims of a token', () => {
  it('are who, in which session, for what', () => {
    expect(readClaims(answer.access_token)).toEqual({
      user: 'user_1',
      session: 'session_1',
      organization: 'org_1',
      role: 'admin',
      permissions: [],
      lifetime: 300_000,
    });
  });

  it('of a wrong type are left out', () => {
    const claims = { sub: 'a', exp: 2, iat: 1, org_id: ['x'], role: 7, sid: '', permissions: ['servers:read', 5] };
    expect(readClaims(tokenOf(claims))).toMatchObject({ permissions: ['servers:read'], lifetime: 1000 });
    expect(readClaims(tokenOf(claims)).organization).toBeUndefined();
  });
});

describe('tokens', () => {
  it('are fresh while more than a minute is left, or a quarter of a life that is shorter than four', () => {
    const tokens = { ...account().tokens!, expiresAt: 1_000_000, lifetime: 300_000 };
    expect(isFresh(tokens, 1_000_000 - 60_001)).toBe(true);
    expect(isFresh(tokens, 1_000_000 - 60_000)).toBe(false);
    const short = { ...tokens, lifetime: 60_000 };
    expect(isFresh(short, 1_000_000 - 15_001)).toBe(true);
    expect(isFresh(short, 1_000_000 - 15_000)).toBe(false);
  });

  it('are never fresh once they have expired, and always when they were just given', () => {
    const lifetimes = fc.integer({ min: 1_000, max: 86_400_000 });
    fc.assert(
      fc.property(lifetimes, fc.integer({ min: 0 }), (lifetime, late) => {
        const tokens = { ...account().tokens!, expiresAt: lifetime, lifetime };
        return !isFresh(tokens, lifetime + late) && isFresh(tokens, 0);
      }),
    );
  });
});

describe('the name of an account', () => {
  const named = (...accounts: [string, Account][]) => new Map(accounts);

  it('is its e-mail address, also when the same person signs in again', () => {
    expect(chooseName(named(), account())).toBe('ada@example.com');
    expect(chooseName(named(['ada@example.com', account()]), account())).toBe('ada@example.com');
  });

  it('has the organization in it where another sign-in has the address', () => {
    const other = account({ organization: { id: 'org_2', name: 'Workshop' } });
    expect(chooseName(named(['ada@example.com', account()]), other)).toBe('ada@example.com/Workshop');
    const elsewhere = account({ clientId: 'client_2' });
    const both = named(['ada@example.com', account()], ['ada@example.com/Sandbox', account({ clientId: 'client_3' })]);
    expect(chooseName(both, elsewhere)).toBe('ada@example.com/Sandbox/client_2');
  });

  it('never is that of another sign-in', () => {
    const one = fc.record({
      organization: fc.constantFrom({ id: 'org_1' }, { id: 'org_2' }, undefined),
      clientId: fc.constantFrom('client_1', 'client_2'),
    });
    fc.assert(
      fc.property(fc.array(one, { maxLength: 8 }), list => {
        const accounts = new Map<string, Account>();
        for (const options of list) {
          const next = account(options);
          const name = chooseName(accounts, next);
          const before = accounts.get(name);
          if (before && (before.clientId !== next.clientId || before.organization?.id !== next.organization?.id)) {
            return false;
          }
          accounts.set(name, next);
        }
        return true;
      }),
    );
  });
});
