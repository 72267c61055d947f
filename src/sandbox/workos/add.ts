import { recordEvent } from './events.ts';
import { newId } from './ids.ts';
import type { Realm } from './realm.ts';
import { type Membership, type Organization, timestamp, type User } from './state.ts';

type Ground = Pick<Realm, 'state' | 'now'>;

/** Adds an organization, and notes it. */
export function addOrganization(realm: Ground, given: Partial<Organization> & { name: string }): Organization {
  const at = timestamp(realm.now());
  const organization: Organization = {
    object: 'organization',
    id: newId('org', realm.now()),
    allow_profiles_outside_organization: false,
    domains: [],
    external_id: null,
    metadata: {},
    created_at: at,
    updated_at: at,
    ...given,
  };
  realm.state.organizations.set(organization.id, organization);
  recordEvent(realm, 'organization.created', organization);
  return organization;
}

/** Adds a user, and notes it. */
export function addUser(realm: Ground, given: Partial<User> & { email: string }): User {
  const at = timestamp(realm.now());
  const user: User = {
    object: 'user',
    id: newId('user', realm.now()),
    email_verified: false,
    first_name: null,
    last_name: null,
    name: null,
    profile_picture_url: null,
    external_id: null,
    metadata: {},
    last_sign_in_at: null,
    locale: null,
    created_at: at,
    updated_at: at,
    ...given,
  };
  user.name ??= [user.first_name, user.last_name].filter(Boolean).join(' ') || null;
  realm.state.users.set(user.id, user);
  recordEvent(realm, 'user.created', user);
  return user;
}

/** Puts a user into an organization with one role or more, and notes it. */
export function addMembership(
  realm: Ground,
  { slugs, user_id, organization_id }: { slugs: readonly string[]; user_id: string; organization_id: string },
): Membership {
  const at = timestamp(realm.now());
  const membership: Membership = {
    object: 'organization_membership',
    id: newId('om', realm.now()),
    user_id,
    organization_id,
    organization_name: realm.state.organizations.get(organization_id)!.name,
    status: 'active',
    ...inRoles(slugs),
    custom_attributes: {},
    directory_managed: false,
    created_at: at,
    updated_at: at,
  };
  realm.state.memberships.set(membership.id, membership);
  recordEvent(realm, 'organization_membership.created', membership);
  return membership;
}

/** The roles of a membership, the first one its main one. */
export function inRoles(slugs: readonly string[]): Pick<Membership, 'role' | 'roles'> {
  return { role: { slug: slugs[0]! }, roles: slugs.map(slug => ({ slug })) };
}
