import { activeMemberships } from '../people.ts';
import { codedProblem } from '../problem.ts';
import { requireSelection } from '../selection.ts';
import { beginSession } from '../sessions.ts';
import { entryOf, type Grant, requireSecret, requireText } from './grant.ts';

/** Signs in with e-mail address and password, for confidential clients only. */
export const password: Grant = (realm, call) => {
  requireSecret(realm, call);
  const email = requireText(call, 'email').toLowerCase();
  const given = requireText(call, 'password');
  const user = [...realm.state.users.values()].find(user => user.email.toLowerCase() === email);
  if (!user || realm.state.passwords.get(user.id) !== given) {
    throw codedProblem(400, 'invalid_credentials', 'Invalid credentials.');
  }
  const memberships = activeMemberships(realm, user.id);
  if (memberships.length > 1) requireSelection(realm, user, 'Password');
  return beginSession(realm, entryOf(call, user, memberships[0]?.organization_id, 'Password'));
};
