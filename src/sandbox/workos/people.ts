import { absent, oauthProblem } from './problem.ts';
import type { Realm } from './realm.ts';
import type { Membership, Organization, Role, User } from './state.ts';

/** The user of an id or e-mail address, the first one where none is named; throws 404. */
export function findUser({ state }: Pick<Realm, 'state'>, named?: string): User {
  const users = [...state.users.values()];
  const wanted = named?.toLowerCase();
  const user =
    named === undefined ? users[0] : users.find(({ id, email }) => id === named || email.toLowerCase() === wanted);
  if (!user) throw absent('User', named ?? 'any');
  return user;
}

/** The organization of an id or name; throws 400 `organization_not_found`. */
export function findOrganization({ state }: Pick<Realm, 'state'>, named: string): Organization {
  const found = state.organizations.get(named) ?? [...state.organizations.values()].find(({ name }) => name === named);
  if (!found) throw oauthProblem('organization_not_found', `The organization does not exist: '${named}'.`);
  return found;
}

/** The memberships that let a user in, the oldest first. */
export function activeMemberships({ state }: Pick<Realm, 'state'>, userId: string): Membership[] {
  return [...state.memberships.values()].filter(({ user_id, status }) => user_id === userId && status === 'active');
}

/** The membership that lets a user into an organization, if one does. */
export function activeMembership(
  realm: Pick<Realm, 'state'>,
  userId: string,
  organizationId: string | null | undefined,
): Membership | undefined {
  return activeMemberships(realm, userId).find(({ organization_id }) => organization_id === organizationId);
}

/** The same; throws 400 where the user is not let in. */
export function requireMembership(realm: Pick<Realm, 'state'>, userId: string, organizationId: string): Membership {
  const membership = activeMembership(realm, userId, organizationId);
  if (membership) return membership;
  throw oauthProblem(
    'organization_membership_not_found',
    `The user has no active membership of the organization '${organizationId}'.`,
  );
}

/** The user of an id; throws 404. */
export function requireUser({ state }: Pick<Realm, 'state'>, id: string): User {
  const user = state.users.get(id);
  if (!user) throw absent('User', id);
  return user;
}

/** The organization of an id; throws 404. */
export function requireOrganization({ state }: Pick<Realm, 'state'>, id: string): Organization {
  const organization = state.organizations.get(id);
  if (!organization) throw absent('Organization', id);
  return organization;
}

/** The role of a slug; throws 404. */
export function requireRole({ state }: Pick<Realm, 'state'>, slug: string): Role {
  const role = state.roles.get(slug);
  if (!role) throw absent('Role', slug);
  return role;
}
