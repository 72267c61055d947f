import type { Account } from './account.ts';
import type { PendingSignIn } from './pending.ts';

/** What a context signs its requests with: a token of its own, or that of a signed-in account. */
export type Credential = (
  | { readonly token: string; readonly account?: undefined }
  | { readonly account: string; readonly token?: undefined }
) & {
  /** Scheme, host and port that it is for; it is sent nowhere else. */
  readonly origin: string;
};

/** Everything secret that is kept, by name. */
export interface Secrets {
  /** By the name of their context. */
  readonly credentials: ReadonlyMap<string, Credential>;
  readonly accounts: ReadonlyMap<string, Account>;
  /** Sign-ins that wait for a person, by the code that is shown. */
  readonly signIns: ReadonlyMap<string, PendingSignIn>;
}

type Kind = keyof Secrets;
type Kept<K extends Kind> = Secrets[K] extends ReadonlyMap<string, infer T> ? T : never;

/** Nothing at all. */
export const noSecrets: Secrets = { credentials: new Map(), accounts: new Map(), signIns: new Map() };

/** The secrets with one of a kind put in place, or taken away by `undefined`. */
export function put<K extends Kind>(secrets: Secrets, kind: K, name: string, value: Kept<K> | undefined): Secrets {
  const entries = new Map<string, unknown>(secrets[kind]);
  if (value === undefined) entries.delete(name);
  else entries.set(name, value);
  return { ...secrets, [kind]: entries };
}

/** True when nothing is kept any more. */
export function isEmpty({ credentials, accounts, signIns }: Secrets): boolean {
  return credentials.size + accounts.size + signIns.size === 0;
}

/** The secrets as data for JSON; kinds of which there are none are left out. */
export function toPlain({ credentials, accounts, signIns }: Secrets) {
  return {
    version: 1,
    credentials: Object.fromEntries(credentials),
    ...(accounts.size > 0 && { accounts: Object.fromEntries(accounts) }),
    ...(signIns.size > 0 && { signIns: Object.fromEntries(signIns) }),
  };
}

/** The secrets in data from JSON; undefined when it is anything else. */
export function fromPlain(content: unknown): Secrets | undefined {
  if (!isRecord(content) || content.version !== 1) return undefined;
  const credentials = entriesOf<Credential>(content.credentials, isCredential);
  const accounts = entriesOf<Account>(content.accounts ?? {}, isAccount);
  const signIns = entriesOf<PendingSignIn>(content.signIns ?? {}, isPendingSignIn);
  return credentials && accounts && signIns && { credentials, accounts, signIns };
}

/** True for an object, false for a list or null. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function entriesOf<T>(value: unknown, isOne: (value: unknown) => boolean): Map<string, T> | undefined {
  if (!isRecord(value)) return undefined;
  const entries = Object.entries(value);
  return entries.every(([, one]) => isOne(one)) ? new Map(entries as [string, T][]) : undefined;
}

function isCredential(value: unknown): boolean {
  return hasTexts(value, ['origin']) && hasTexts(value, ['token']) !== hasTexts(value, ['account']);
}

function isAccount(value: unknown): boolean {
  if (!isRecord(value) || !hasTexts(value, ['endpoint', 'clientId']) || !hasTexts(value.user, ['id', 'email'])) {
    return false;
  }
  const { organization, tokens } = value;
  if (organization !== undefined && !hasTexts(organization, ['id'])) return false;
  if (tokens === undefined) return true;
  return hasTexts(tokens, ['accessToken', 'refreshToken']) && hasNumbers(tokens, ['expiresAt', 'lifetime']);
}

function isPendingSignIn(value: unknown): boolean {
  return (
    hasTexts(value, ['endpoint', 'clientId', 'deviceCode', 'userCode', 'verificationUri']) &&
    hasNumbers(value, ['expiresAt', 'interval'])
  );
}

function hasTexts(value: unknown, names: readonly string[]): boolean {
  return isRecord(value) && names.every(name => typeof value[name] === 'string');
}

function hasNumbers(value: unknown, names: readonly string[]): boolean {
  return isRecord(value) && names.every(name => typeof value[name] === 'number');
}
