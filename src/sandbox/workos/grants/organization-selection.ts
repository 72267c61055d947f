import { findOrganization, requireMembership } from '../people.ts';
import { codedProblem } from '../problem.ts';
import { beginSession } from '../sessions.ts';
import { entryOf, type Grant, requireSecret, requireText } from './grant.ts';

/** Finishes a sign-in that stopped at the choice of an organization. */
export const organizationSelection: Grant = (realm, call) => {
  const { settings, state } = realm;
  if (!settings.publicOrganizationSelection) requireSecret(realm, call);
  const token = requireText(call, 'pending_authentication_token');
  const pending = state.selections.get(token);
  const user = state.users.get(pending?.user ?? '');
  if (!pending || !user || realm.now() >= pending.expiresAt) {
    throw codedProblem(400, 'invalid_pending_authentication_token', 'The pending authentication token is invalid.');
  }
  const { id } = findOrganization(realm, requireText(call, 'organization_id'));
  requireMembership(realm, user.id, id);
  state.selections.delete(token);
  return beginSession(realm, entryOf(call, user, id, pending.method));
};
