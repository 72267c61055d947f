import { addMembership } from '../add.ts';
import { recordEvent } from '../events.ts';
import { readFields } from '../fields.ts';
import { newId, newSecret } from '../ids.ts';
import { replyList } from '../list.ts';
import { findUser, requireOrganization, requireRole, requireUser } from '../people.ts';
import { absent, codedProblem } from '../problem.ts';
import type { Realm, WorkosCall, WorkosHandler } from '../realm.ts';
import { type Invitation, timestamp } from '../state.ts';
import { usualRole } from './memberships.ts';

const usualDays = 7;
const day = 24 * 3600 * 1000;

const shape = {
  email: 'email',
  organization_id: 'optional',
  inviter_user_id: 'optional',
  role_slug: 'optional',
  expires_in_days: 'days',
} as const;

/** Invitations, into one organization or to one address where asked for. */
export const listInvitations: WorkosHandler = (realm, { query }) => {
  const [email, organization] = [query.get('email')?.toLowerCase(), query.get('organization_id')];
  const invitations = [...realm.state.invitations.values()]
    .filter(row => email === undefined || row.email.toLowerCase() === email)
    .filter(row => organization === null || row.organization_id === organization);
  return replyList(
    query,
    invitations.map(row => view(realm, row)),
  );
};

/** One invitation. */
export const getInvitation: WorkosHandler = (realm, { params }) => ({
  status: 200,
  body: view(realm, requireInvitation(realm, params)),
});

/** Invites an address; nothing is sent. */
export const sendInvitation: WorkosHandler = (realm, { body }) => {
  const { email, expires_in_days = usualDays, ...given } = readFields(body, shape, ['email']);
  if (given.organization_id) requireOrganization(realm, given.organization_id);
  if (given.inviter_user_id) requireUser(realm, given.inviter_user_id);
  if (given.role_slug) requireRole(realm, given.role_slug);
  const now = realm.now();
  const token = newSecret();
  const invitation: Invitation = {
    object: 'invitation',
    id: newId('invitation', now),
    email,
    state: 'pending',
    accepted_at: null,
    revoked_at: null,
    expires_at: timestamp(now + expires_in_days * day),
    token,
    accept_invitation_url: `${realm.origin()}/invite?invitation_token=${token}`,
    organization_id: null,
    inviter_user_id: null,
    accepted_user_id: null,
    role_slug: null,
    created_at: timestamp(now),
    updated_at: timestamp(now),
    ...given,
  };
  realm.state.invitations.set(invitation.id, invitation);
  recordEvent(realm, 'invitation.created', withoutToken(invitation));
  return { status: 201, body: invitation };
};

/** Takes an invitation up for the user of its address, who becomes a member; throws 400 for one that is no longer pending, 404 where there is no such user. */
export const acceptInvitation: WorkosHandler = (realm, { params }) => {
  const invitation = requirePending(realm, params);
  const user = findUser(realm, invitation.email);
  const { organization_id, role_slug } = invitation;
  const isMember = [...realm.state.memberships.values()].some(
    row => row.user_id === user.id && row.organization_id === organization_id,
  );
  if (organization_id !== null && !isMember) {
    addMembership(realm, { user_id: user.id, organization_id, slugs: [role_slug ?? usualRole] });
  }
  const at = timestamp(realm.now());
  Object.assign(invitation, { state: 'accepted', accepted_at: at, accepted_user_id: user.id, updated_at: at });
  recordEvent(realm, 'invitation.accepted', withoutToken(invitation));
  return { status: 200, body: invitation };
};

/** Takes an invitation back; throws 400 for one that is no longer pending. */
export const revokeInvitation: WorkosHandler = (realm, { params }) => {
  const invitation = requirePending(realm, params);
  const at = timestamp(realm.now());
  Object.assign(invitation, { state: 'revoked', revoked_at: at, updated_at: at });
  recordEvent(realm, 'invitation.revoked', withoutToken(invitation));
  return { status: 200, body: invitation };
};

function requirePending(realm: Realm, params: WorkosCall['params']): Invitation {
  const invitation = requireInvitation(realm, params);
  if (view(realm, invitation).state === 'pending') return invitation;
  throw codedProblem(400, 'invite_not_pending', 'The invitation is not pending.');
}

function requireInvitation({ state }: Realm, { invitation: id }: WorkosCall['params']): Invitation {
  const invitation = state.invitations.get(id!);
  if (!invitation) throw absent('Invitation', id!);
  return invitation;
}

/** As it is now: time alone ends an invitation. */
function view(realm: Realm, invitation: Invitation): Invitation {
  const isOver = invitation.state === 'pending' && invitation.expires_at <= timestamp(realm.now());
  return isOver ? { ...invitation, state: 'expired' } : invitation;
}

/** Events tell no secrets. */
function withoutToken({ token, accept_invitation_url, ...invitation }: Invitation): object {
  return invitation;
}
