import type { Account } from '../../core/auth/account.ts';
import { type Claims, readClaims } from '../../core/auth/claims.ts';
import { openCredentials } from '../../core/auth/credentials.ts';
import { currentAccount } from '../../core/auth/current.ts';
import type { Secrets } from '../../core/auth/secrets.ts';
import { contextsOf } from '../../core/config/document.ts';
import { Failure } from '../../core/failure.ts';
import { escapeControls } from '../output/escape.ts';
import type { Session } from '../session.ts';

/** An account as it is shown: never a token. */
export interface AccountView {
  readonly account: string;
  readonly active: boolean;
  readonly state: 'signed in' | 'ended';
  readonly email: string;
  readonly name: string | null;
  readonly user_id: string;
  /** Its name where that is known. */
  readonly organization: string | null;
  readonly organization_id: string | null;
  readonly role: string | null;
  readonly permissions: readonly string[];
  /** When the access token expires, RFC 3339; it is refreshed by itself. */
  readonly expires: string | null;
  /** Why the session has ended. */
  readonly ended: string | null;
  readonly client_id: string;
  readonly workos: string;
  /** The contexts that use it. */
  readonly contexts: readonly string[];
  readonly kept_in: string;
}

/** Every account, in the order of signing in, and the secrets of that one reading, since a keyring takes its time; `activated` is the active one where the settings do not know it yet. */
export async function viewAccounts(
  session: Session,
  activated?: string,
): Promise<{ readonly secrets: Secrets; readonly views: readonly AccountView[] }> {
  const { world, settings } = session;
  const credentials = openCredentials(world, settings.configPath);
  const secrets = await credentials.read();
  const active = activated ?? activeOf(session, secrets);
  const views = [...secrets.accounts].map(([name, account]) => {
    const isActive = name === active;
    return {
      ...describeAccount(name, account),
      active: isActive,
      contexts: contextsUsing(session, secrets, name, isActive),
      kept_in: credentials.where,
    };
  });
  return { secrets, views };
}

/** The account that is meant where none is named, if that is clear. */
function activeOf({ settings }: Session, secrets: Secrets): string | undefined {
  try {
    return currentAccount(secrets, settings.document);
  } catch (error) {
    if (error instanceof Failure && ['unauthorized', 'usage'].includes(error.code)) return undefined;
    throw error;
  }
}

function describeAccount(name: string, account: Account) {
  const { user, organization, tokens, ended, clientId, endpoint } = account;
  const claims: Partial<Claims> = tokens ? readClaims(tokens.accessToken) : {};
  return {
    account: name,
    state: tokens ? ('signed in' as const) : ('ended' as const),
    email: user.email,
    name: user.name ?? null,
    user_id: user.id,
    organization: organization?.name ?? organization?.id ?? null,
    organization_id: organization?.id ?? null,
    role: claims.role ?? null,
    permissions: claims.permissions ?? [],
    expires: tokens ? new Date(tokens.expiresAt).toISOString() : null,
    ended: ended ?? null,
    client_id: clientId,
    workos: endpoint,
  };
}

/** Those whose credential it is, and those that ask for a sign-in, where it is the active one. */
function contextsUsing({ settings }: Session, secrets: Secrets, name: string, isActive: boolean): string[] {
  return contextsOf(settings.document)
    .filter(context => secrets.credentials.get(context.name)?.account === name || (context.require_login && isActive))
    .map(context => context.name);
}

/** Who it is, in a few words: `ada@example.com (Sandbox, admin)`. */
export function nameAccount({ email, organization, role }: AccountView): string {
  const place = [organization, role].filter(Boolean).join(', ');
  return escapeControls(place ? `${email} (${place})` : email);
}
