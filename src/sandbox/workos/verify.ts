import type { Realm } from './realm.ts';
import { timestamp } from './state.ts';
import { issuerOf } from './tokens.ts';

/** Whether a token is one of this side's that still holds: signature, issuer, time, an organization, a living session. */
export function admits(realm: Realm, token: string): boolean {
  const claims = realm.keys.verify(token);
  if (claims?.iss !== issuerOf(realm)) return false;
  if (typeof claims.exp !== 'number' || claims.exp * 1000 <= realm.now()) return false;
  if (typeof claims.org_id !== 'string') return false;
  const session = realm.state.sessions.get(String(claims.sid));
  return session?.status === 'active' && session.expires_at > timestamp(realm.now());
}
