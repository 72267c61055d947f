import { ulid } from './ids.ts';
import { activeMembership } from './people.ts';
import type { Realm } from './realm.ts';
import type { WorkosSession } from './state.ts';

/** The `iss` of the access tokens of people. */
export function issuerOf({ settings, origin }: Pick<Realm, 'settings' | 'origin'>): string {
  return settings.issuer ?? `${origin()}/user_management/${settings.clientId}`;
}

/** The claims of an access token of the session as things stand now; `lifetime` in seconds. */
export function claimsOf(realm: Realm, session: WorkosSession, lifetime: number): Record<string, unknown> {
  const { settings, state } = realm;
  const iat = Math.floor(realm.now() / 1000);
  const membership = activeMembership(realm, session.user_id, session.organization_id);
  const roles = membership?.roles.map(({ slug }) => slug) ?? [];
  return {
    iss: issuerOf(realm),
    ...(settings.audience !== undefined && { aud: settings.audience }),
    sub: session.user_id,
    sid: session.id,
    jti: ulid(realm.now()),
    ...(membership && {
      org_id: membership.organization_id,
      role: membership.role.slug,
      roles,
      permissions: [...new Set(roles.flatMap(slug => state.roles.get(slug)?.permissions ?? []))],
    }),
    exp: iat + lifetime,
    iat,
  };
}
