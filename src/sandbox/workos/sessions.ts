import { recordEvent } from './events.ts';
import { newId, newSecret } from './ids.ts';
import { activeMembership, findOrganization, requireMembership } from './people.ts';
import { absent, codedProblem, oauthProblem } from './problem.ts';
import type { Realm } from './realm.ts';
import { timestamp, type User, type WorkosSession } from './state.ts';
import { claimsOf } from './tokens.ts';

/** How somebody signed in, and from where. */
export interface Entry {
  user: User;
  organization: string | undefined;
  method: string;
  ipAddress: string | undefined;
  userAgent: string | undefined;
}

type Answer = Readonly<Record<string, unknown>>;

/** Begins a session; the answer holds its first pair of tokens. */
export function beginSession(realm: Realm, { user, organization, method, ipAddress, userAgent }: Entry): Answer {
  const { settings, state } = realm;
  const now = realm.now();
  const at = timestamp(now);
  const session: WorkosSession = {
    object: 'session',
    id: newId('session', now),
    user_id: user.id,
    organization_id: organization ?? null,
    status: 'active',
    auth_method: methods[method] ?? 'unknown',
    ip_address: ipAddress ?? null,
    user_agent: userAgent ?? null,
    expires_at: timestamp(now + settings.sessionLifetime * 1000),
    ended_at: null,
    created_at: at,
    updated_at: at,
  };
  state.sessions.set(session.id, session);
  user.last_sign_in_at = at;
  recordEvent(realm, 'session.created', session);
  return {
    ...issuePair(realm, session, settings.firstTokenLifetime ?? settings.tokenLifetime),
    authentication_method: method,
  };
}

// What the answer to a sign-in calls Password, the list of sessions calls password.
const methods: Record<string, string> = { Password: 'password', OAuth: 'oauth' };

/**
 * Exchanges a refresh token for a new pair, in another organization where one is named. The same token gives the
 * same pair again within the replay window. Throws 400 `invalid_grant` when it or its session is done with.
 */
export function exchange(realm: Realm, refreshToken: string, organizationId: string | undefined): Answer {
  const { settings, state } = realm;
  const now = realm.now();
  const record = state.refreshTokens.get(refreshToken);
  if (!record) throw oauthProblem('invalid_grant', 'Invalid refresh token.');
  expireSessions(realm);
  const session = state.sessions.get(record.session)!;
  if (session.status !== 'active') throw oauthProblem('invalid_grant', 'Session has already ended.');
  const { spent } = record;
  if (spent && now - spent.at >= settings.replayWindow * 1000) {
    throw oauthProblem('invalid_grant', 'Refresh token already exchanged.');
  }
  if (spent) return spent.answer;
  if (organizationId !== undefined) session.organization_id = scope(realm, session, organizationId);
  session.updated_at = timestamp(now);
  const answer = issuePair(realm, session, settings.tokenLifetime);
  record.spent = { at: now, answer };
  return answer;
}

/** Checks that the session's user may be in the organization; throws 400 otherwise, and nothing has changed. */
function scope(realm: Realm, session: WorkosSession, organizationId: string): string {
  if (!organizationId.startsWith('org_')) {
    throw codedProblem(400, 'invalid_organization_id', `Not the id of an organization: '${organizationId}'.`);
  }
  const { id } = findOrganization(realm, organizationId);
  return requireMembership(realm, session.user_id, id).organization_id;
}

function issuePair(realm: Realm, session: WorkosSession, lifetime: number): Answer {
  const { state } = realm;
  const refreshToken = newSecret();
  state.refreshTokens.set(refreshToken, { session: session.id });
  const organization = activeMembership(realm, session.user_id, session.organization_id)?.organization_id;
  return {
    user: structuredClone(state.users.get(session.user_id)!),
    ...(organization !== undefined && { organization_id: organization }),
    access_token: realm.keys.sign(claimsOf(realm, session, lifetime)),
    refresh_token: refreshToken,
  };
}

/** Ends a session, so that it is refreshed no more; an ended one stays as it is. Throws 404 for an unknown one. */
export function endSession(realm: Realm, id: string): WorkosSession {
  expireSessions(realm);
  const session = realm.state.sessions.get(id);
  if (!session) throw absent('Session', id);
  if (session.status === 'active') {
    const at = timestamp(realm.now());
    Object.assign(session, { status: 'revoked', ended_at: at, updated_at: at });
    recordEvent(realm, 'session.revoked', session);
  }
  return session;
}

/** Marks the sessions whose time is over. */
export function expireSessions({ state, now }: Pick<Realm, 'state' | 'now'>): void {
  const at = timestamp(now());
  for (const session of state.sessions.values()) {
    if (session.status === 'active' && session.expires_at <= at) {
      Object.assign(session, { status: 'expired', ended_at: session.expires_at, updated_at: session.expires_at });
    }
  }
}
