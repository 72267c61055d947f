import { withLock } from '../config/lock.ts';
import { requireConfigPath } from '../config/paths.ts';
import { Failure, toFailure } from '../failure.ts';
import { hashText } from '../hash.ts';
import { faultError } from '../transport/faults.ts';
import type { World } from '../world.ts';
import { type Account, isFresh, readAccount, type Tokens } from './account.ts';
import { openCredentials, type Storage } from './credentials.ts';
import { put } from './secrets.ts';
import { authenticate, grants, type ProblemDetails } from './workos.ts';

/** What refreshing takes. */
export interface Desk {
  readonly world: Pick<World, 'clock' | 'signal' | 'platform' | 'keyring' | 'http'>;
  readonly configPath: string | undefined;
  readonly storage: Storage;
  readonly userAgent: string;
  /** False where nobody waits until an exchange has been written down, as at completion. */
  readonly refresh: boolean;
}

/** What is asked for besides tokens that are fresh. */
export interface Wish {
  /** An access token that a server refused: another one is wanted. */
  readonly refused?: string;
  /** Exchange them even if they are fresh. */
  readonly force?: boolean;
  /** Id of the organization that they are to be for. */
  readonly organization?: string;
}

/** An account that can be used. */
export type SignedIn = Account & { readonly tokens: Tokens };

// A spent refresh token gives the same pair again for 30 s: all tries must fall into that time.
const window = 25_000;
const oneTry = 5_000;
/** How long to wait for another process that is at it. */
const patience = 45_000;

/** The account with fresh tokens. One process exchanges them and the others wait for its result; throws `unauthorized` when the session has ended, `unreachable` when it cannot be told. */
export async function freshAccount(desk: Desk, name: string, wish: Wish = {}): Promise<SignedIn> {
  const { clock } = desk.world;
  const seen = await readSignedIn(desk, name);
  if (isGood(seen, wish, clock.now())) return seen;
  if (!desk.refresh) throw new Failure('unauthorized', `the access token of ${name} is about to expire`);
  const lock = `${requireConfigPath(desk.configPath)}.${hashText(name)}.refresh.lock`;
  try {
    return await withLock(
      lock,
      desk.world,
      async () => {
        const account = await readSignedIn(desk, name);
        const isDone = account.tokens.accessToken !== seen.tokens.accessToken && wish.organization === undefined;
        return isDone || isGood(account, wish, clock.now()) ? account : await exchange(desk, name, account, wish);
      },
      { patience, what: `the refresh of ${name}` },
    );
  } catch (error) {
    const failure = toFailure(error);
    const isUsable = wish.refused === undefined && !wish.force && wish.organization === undefined;
    const left = seen.tokens.expiresAt - clock.now();
    // It was begun early: until the token expires nothing is lost.
    if (isUsable && failure.code !== 'unauthorized' && failure.code !== 'interrupted' && left > oneTry) return seen;
    throw failure;
  }
}

/** A source of access tokens for a client: asks the store only when the one in memory is not good any more, once for all who ask at that moment. */
export function accountTokens(desk: Desk, name: string): (refused?: string) => Promise<string> {
  let known: Promise<SignedIn> | undefined;
  return async refused => {
    for (;;) {
      const asked = known;
      const account = await asked?.catch(() => undefined);
      if (account && isGood(account, { refused }, desk.world.clock.now())) return account.tokens.accessToken;
      if (known !== asked) continue;
      known = freshAccount(desk, name, { refused }).catch(explain);
      return (await known).tokens.accessToken;
    }
  };
}

/** The account of that name; throws `unauthorized` when there is none or its session has ended. */
export async function readSignedIn(desk: Desk, name: string): Promise<SignedIn> {
  const account = (await openCredentials(desk.world, desk.configPath).read()).accounts.get(name);
  if (!account) throw new Failure('unauthorized', `not signed in as ${name}`, { hint: 'cloudctl login' });
  if (!account.tokens) throw endedFailure(name, account.ended);
  return account as SignedIn;
}

function isGood({ tokens, organization }: SignedIn, wish: Wish, now: number): boolean {
  if (wish.force || tokens.accessToken === wish.refused) return false;
  return isFresh(tokens, now) && (wish.organization === undefined || wish.organization === organization?.id);
}

/** Exchanges the refresh token. From the request to the writing nothing stops it, Ctrl-C neither: an answer that is lost ends the session. */
async function exchange(desk: Desk, name: string, account: SignedIn, wish: Wish): Promise<SignedIn> {
  const world = { ...desk.world, signal: new AbortController().signal };
  const credentials = openCredentials(world, desk.configPath, desk.storage);
  await credentials.prove();
  try {
    const form = {
      grant_type: grants.refresh,
      refresh_token: account.tokens.refreshToken,
      ...(wish.organization !== undefined && { organization_id: wish.organization }),
    };
    const answer = await persist(desk, account, form);
    const renewed = readAccount(answer, account, world.clock.now());
    const after = { ...renewed, organization: nameOrganization(renewed, account) };
    await credentials.change(secrets => put(secrets, 'accounts', name, after));
    return after;
  } catch (error) {
    const failure = toFailure(error);
    if (failure.apiCode !== 'invalid_grant') throw failure;
    const { tokens: _, ...rest } = account;
    const ended = failure.message;
    await credentials.change(secrets => put(secrets, 'accounts', name, { ...rest, ended }));
    throw endedFailure(name, ended);
  } finally {
    desk.world.signal.throwIfAborted();
  }
}

/** Sends the exchange until an answer comes; the same token again, so that a reply that was lost comes once more. */
async function persist(desk: Desk, account: Account, form: Parameters<typeof authenticate>[1]) {
  const { clock, http } = desk.world;
  const workos = { endpoint: account.endpoint, clientId: account.clientId, http, userAgent: desk.userAgent };
  const began = clock.now();
  let isOpen = false;
  for (let pause = 250; ; pause = Math.min(2 * pause, 2_000)) {
    try {
      return await authenticate(workos, form, { timeout: Math.min(oneTry, began + window - clock.now()) });
    } catch (error) {
      const failure = toFailure(error);
      isOpen ||= failure.ambiguous;
      const { retryAfter = 0 } = (failure.details ?? {}) as ProblemDetails;
      const wait = Math.max(pause, retryAfter * 1000);
      const isTransient = ['unreachable', 'timeout', 'limited'].includes(failure.code);
      // Where nothing was sent no reply can be lost, so that there is no need to keep on.
      const end = began + (isOpen ? window : oneTry);
      if (!isTransient || clock.now() + wait >= end) throw failure;
      await clock.sleep(wait);
    }
  }
}

/** The organization of the new token under the name that is known from before. */
function nameOrganization({ organization }: Account, before: Account): Account['organization'] {
  return organization && organization.id === before.organization?.id ? before.organization : organization;
}

/** What could not be refreshed now is neither tried again nor taken for something that was sent to the API. */
function explain(error: unknown): never {
  const { code, message, hint, apiCode } = toFailure(error);
  if (!['unreachable', 'timeout', 'limited'].includes(code)) throw error;
  throw new Failure('unreachable', `the sign-in cannot be refreshed: ${message}`, {
    hint,
    apiCode,
    cause: faultError('SIGN_IN', message),
  });
}

function endedFailure(name: string, reason: string | undefined): Failure {
  const because = reason ? ` (${reason})` : '';
  return new Failure('unauthorized', `the session of ${name} has ended${because}`, { hint: 'cloudctl login' });
}
