import type { Account } from '../../../src/core/auth/account.ts';

/** A token of three parts with those claims; nobody signed it. */
export function tokenOf(claims: object): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg: 'RS256' })}.${part(claims)}.c2lnbmF0dXJl`;
}

/** An account of ada@example.com that is good for five minutes from 0. */
export function account(options: Partial<Account> = {}): Account {
  return {
    user: { id: 'user_1', email: 'ada@example.com' },
    organization: { id: 'org_1', name: 'Sandbox' },
    endpoint: 'https://api.workos.com',
    clientId: 'client_1',
    tokens: {
      accessToken: tokenOf({ sub: 'user_1', sid: 'session_1', org_id: 'org_1', role: 'admin', exp: 300, iat: 0 }),
      refreshToken: 'refresh-1',
      expiresAt: 300_000,
      lifetime: 300_000,
    },
    ...options,
  };
}
