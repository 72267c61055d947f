import { addMembership, inRoles } from '../add.ts';
import { recordEvent } from '../events.ts';
import { readFields } from '../fields.ts';
import { readNames, replyList } from '../list.ts';
import { requireOrganization, requireRole, requireUser } from '../people.ts';
import { absent, codedProblem, invalidParameter } from '../problem.ts';
import type { Realm, WorkosCall, WorkosHandler, WorkosReply } from '../realm.ts';
import { type Membership, timestamp } from '../state.ts';

/** The role of a membership for which none is named. */
export const usualRole = 'viewer';

const roleShape = { role_slug: 'text', role_slugs: 'texts' } as const;
const shape = { user_id: 'text', organization_id: 'text', ...roleShape } as const;

/** Memberships of a user or of an organization, with a status; active ones where no status is asked for. */
export const listMemberships: WorkosHandler = ({ state }, { query }) => {
  const [user, organization] = [query.get('user_id'), query.get('organization_id')];
  if (user === null && organization === null) throw invalidParameter('user_id', 'user_id_or_organization_id_required');
  const statuses = readNames(query, 'statuses');
  const wanted = statuses.length > 0 ? statuses : ['active'];
  return replyList(
    query,
    [...state.memberships.values()]
      .filter(row => user === null || row.user_id === user)
      .filter(row => organization === null || row.organization_id === organization)
      .filter(row => wanted.includes(row.status)),
  );
};

/** One membership. */
export const getMembership: WorkosHandler = (realm, { params }) => ({
  status: 200,
  body: requireMembershipById(realm, params),
});

/** Puts a user into an organization; one who is shut out is let in again, with the roles that are given now. */
export const createMembership: WorkosHandler = (realm, { body }) => {
  const { user_id, organization_id, ...given } = readFields(body, shape, ['user_id', 'organization_id']);
  requireUser(realm, user_id);
  requireOrganization(realm, organization_id);
  const slugs = readRoles(realm, given) ?? [usualRole];
  const present = [...realm.state.memberships.values()].find(
    row => row.user_id === user_id && row.organization_id === organization_id,
  );
  if (present?.status === 'inactive') return change(realm, present, { status: 'active', ...inRoles(slugs) });
  if (present) throw codedProblem(409, 'organization_membership_already_exists', 'The user is a member already.');
  return { status: 201, body: addMembership(realm, { user_id, organization_id, slugs }) };
};

/** Gives other roles; tokens show them from the next refresh on. */
export const updateMembership: WorkosHandler = (realm, { params, body }) => {
  const membership = requireMembershipById(realm, params);
  const slugs = readRoles(realm, readFields(body, roleShape));
  return change(realm, membership, slugs ? inRoles(slugs) : {});
};

/** Shuts a member out, for a time. */
export const deactivateMembership: WorkosHandler = (realm, { params }) =>
  turn(realm, requireMembershipById(realm, params), 'inactive');

/** Lets a member in again. */
export const reactivateMembership: WorkosHandler = (realm, { params }) =>
  turn(realm, requireMembershipById(realm, params), 'active');

/** Takes a user out of an organization. */
export const deleteMembership: WorkosHandler = (realm, { params }) => {
  const { id } = requireMembershipById(realm, params);
  removeMemberships(realm, membership => membership.id === id);
  return { status: 204 };
};

/** Removes the memberships that are meant, and notes each. */
export function removeMemberships(realm: Realm, isMeant: (membership: Membership) => boolean): void {
  for (const membership of realm.state.memberships.values()) {
    if (!isMeant(membership)) continue;
    realm.state.memberships.delete(membership.id);
    recordEvent(realm, 'organization_membership.deleted', membership);
  }
}

/** What is so already is no change; who has yet to accept cannot be turned. */
function turn(realm: Realm, membership: Membership, status: 'active' | 'inactive'): WorkosReply {
  if (membership.status === 'pending') {
    throw codedProblem(400, 'organization_membership_pending', 'The membership is pending.');
  }
  return membership.status === status ? { status: 200, body: membership } : change(realm, membership, { status });
}

function change(realm: Realm, membership: Membership, changes: Partial<Membership>): WorkosReply {
  Object.assign(membership, changes, { updated_at: timestamp(realm.now()) });
  recordEvent(realm, 'organization_membership.updated', membership);
  return { status: 200, body: membership };
}

function requireMembershipById({ state }: Realm, { membership: id }: WorkosCall['params']): Membership {
  const membership = state.memberships.get(id!);
  if (!membership) throw absent('OrganizationMembership', id!);
  return membership;
}

function readRoles(realm: Realm, given: { role_slug?: string; role_slugs?: string[] }): string[] | undefined {
  const slugs = given.role_slugs ?? (given.role_slug === undefined ? [] : [given.role_slug]);
  for (const slug of slugs) requireRole(realm, slug);
  return slugs.length > 0 ? slugs : undefined;
}
