import { Failure } from '../failure.ts';
import { readClaims } from './claims.ts';
import { isRecord } from './secrets.ts';

/** What a sign-in gives, to be used and to be exchanged for the next; times in milliseconds of this machine's clock. */
export interface Tokens {
  readonly accessToken: string;
  /** Good for one exchange. */
  readonly refreshToken: string;
  /** Counted from the moment of the answer, so that a clock that is off does no harm. */
  readonly expiresAt: number;
  readonly lifetime: number;
}

/** Somebody who has signed in, with the session that goes on until it is ended. */
export interface Account {
  readonly user: { readonly id: string; readonly email: string; readonly name?: string };
  readonly organization?: { readonly id: string; readonly name?: string };
  /** Address of WorkOS. */
  readonly endpoint: string;
  readonly clientId: string;
  /** Absent once the session has ended. */
  readonly tokens?: Tokens;
  /** Why the session has ended, for people. */
  readonly ended?: string;
}

/** The account that an answer of the sign-in describes; `now` is when the answer came; throws `unreachable` for an answer without tokens. */
export function readAccount(
  answer: Readonly<Record<string, unknown>>,
  from: Pick<Account, 'endpoint' | 'clientId'>,
  now: number,
): Account & { readonly tokens: Tokens } {
  const { user, access_token: accessToken, refresh_token: refreshToken } = answer;
  if (!isRecord(user) || typeof user.email !== 'string' || !isToken(accessToken) || !isToken(refreshToken)) {
    throw new Failure('unreachable', 'the answer to the sign-in has no tokens in it');
  }
  const claims = readClaims(accessToken);
  const { lifetime } = claims;
  const name = typeof user.name === 'string' ? user.name : namesOf(user);
  return {
    user: { id: claims.user, email: user.email, ...(name !== '' && { name }) },
    ...(claims.organization !== undefined && { organization: { id: claims.organization } }),
    endpoint: from.endpoint,
    clientId: from.clientId,
    tokens: { accessToken, refreshToken, expiresAt: now + lifetime, lifetime },
  };
}

/** The longest that a token is exchanged before it expires, in milliseconds. */
const margin = 60_000;

/** True when the access token is good for more than a minute, or a quarter of its life where that is less. */
export function isFresh({ expiresAt, lifetime }: Tokens, now: number): boolean {
  // A clock that was set back must not make a token look good for longer than it ever was.
  const left = Math.min(expiresAt - now, lifetime);
  return left > Math.min(margin, lifetime / 4);
}

/** The name for an account beside others: the e-mail address, with the organization where another account has that one. */
export function chooseName(accounts: ReadonlyMap<string, Account>, account: Account): string {
  const { user, organization } = account;
  const isFree = (name: string) => {
    const other = accounts.get(name);
    return !other || isSame(other, account);
  };
  const inOrganization = `${user.email}/${organization?.name ?? organization?.id ?? 'none'}`;
  const names = [user.email, inOrganization, `${inOrganization}/${account.clientId}`];
  return names.find(isFree) ?? names.at(-1)!;
}

/** True for two sign-ins of one person in one organization of one environment. */
export function isSame(one: Account, other: Account): boolean {
  return (
    one.endpoint === other.endpoint &&
    one.clientId === other.clientId &&
    one.user.id === other.user.id &&
    one.organization?.id === other.organization?.id
  );
}

function namesOf({ first_name: first, last_name: last }: Readonly<Record<string, unknown>>): string {
  return [first, last].filter(name => typeof name === 'string').join(' ');
}

function isToken(value: unknown): value is string {
  return typeof value === 'string' && /^[\x21-\x7e]+$/.test(value);
}
