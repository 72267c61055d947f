import { newSecret } from './ids.ts';
import { activeMemberships } from './people.ts';
import { codedProblem } from './problem.ts';
import type { Realm } from './realm.ts';
import type { User } from './state.ts';

const lifetime = 10 * 60_000;

/** Throws the 403 that asks a user of several organizations for one, with a token to go on with for ten minutes. */
export function requireSelection(realm: Realm, user: User, method: string): never {
  const token = newSecret();
  realm.state.selections.set(token, { user: user.id, method, expiresAt: realm.now() + lifetime });
  throw codedProblem(
    403,
    'organization_selection_required',
    'The user must choose an organization to finish their authentication.',
    {
      pending_authentication_token: token,
      user,
      organizations: activeMemberships(realm, user.id).map(({ organization_id: id, organization_name: name }) => ({
        id,
        name,
      })),
    },
  );
}
