import type { Grants } from '../../../core/access/operation.ts';
import type { Principal as Claims } from '../../../core/auth/verify/index.ts';
import { Failure } from '../../../core/failure.ts';
import type { Store } from '../../../core/store/store.ts';
import type { PeopleTools } from './find.ts';
import { grantsBy, roleOf, type User } from './principal.ts';
import { chooseRole, findByWorkos, isBuiltIn } from './rows.ts';
import { enterNew } from './workos-first-sight.ts';

/** Bytes of an id; it is part of what the audit log calls somebody. */
const longestId = 160;

/** The user that somebody of WorkOS is here, with the role that WorkOS gives now; made at the first sight, or found among the invited. */
export async function userOfWorkos(tools: PeopleTools, claims: Claims): Promise<User> {
  const { store, audit, clock } = tools;
  if (Buffer.byteLength(claims.user) > longestId)
    throw new Failure('unauthorized', "the token's claim 'sub' is too long");
  const role = await chooseRole(store, [...(claims.role === undefined ? [] : [claims.role]), ...claims.roles]);
  const known = await findByWorkos(store, claims.user);
  if (!known) return enterNew(tools, claims, role);
  // What WorkOS itself has said since then goes before an older token.
  if (known.workos_role === role || claims.issuedAt <= (known.workos_at ?? -1)) return known;
  const now = clock.now();
  const target = { type: 'user', id: known.id, name: known.email };
  const difference = { role: [roleOf(known), role ?? known.role] };
  const entry = { actor: 'workos', action: 'user.update', target, result: 'done', difference } as const;
  const query = store.db.updateTable('users').set({ workos_role: role, updated: now }).where('id', '=', known.id);
  await audit.commit([entry], [{ query }]);
  return { ...known, workos_role: role, updated: now };
}

/** What the user's role grants. */
export async function findRole({ db }: Store, user: User): Promise<Grants> {
  const role = roleOf(user);
  if (isBuiltIn(role)) return grantsBy(role, null);
  const row = await db.selectFrom('roles').select('permissions').where('name', '=', role).executeTakeFirst();
  return grantsBy(role, row?.permissions ?? null);
}
