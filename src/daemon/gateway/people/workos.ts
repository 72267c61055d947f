import type { Grants } from '../../../core/access/operation.ts';
import { roles } from '../../../core/access/roles.ts';
import type { Principal as Claims } from '../../../core/auth/verify/index.ts';
import { Failure } from '../../../core/failure.ts';
import type { Store } from '../../../core/store/store.ts';
import type { PeopleTools } from './find.ts';
import { grantsBy, roleOf, type User } from './principal.ts';

/** Bytes of an id; it is part of what the audit log calls somebody. */
const longestId = 160;

/** The user that somebody of WorkOS is here, with the role that WorkOS gives now; made at the first sight. */
export async function userOfWorkos(tools: PeopleTools, claims: Claims): Promise<User> {
  const { store, audit, clock } = tools;
  const { db } = store;
  if (Buffer.byteLength(claims.user) > longestId)
    throw new Failure('unauthorized', "the token's claim 'sub' is too long");
  const find = () => db.selectFrom('users').selectAll().where('workos_id', '=', claims.user).executeTakeFirst();
  const role = await chooseRole(store, claims);
  const known = await find();
  if (known && known.workos_role === role) return known;
  const now = clock.now();
  const target = { type: 'user', id: known?.id ?? '', name: known?.email ?? claims.user };
  const entry = { actor: 'workos', target, result: 'done' } as const;
  if (known) {
    const query = db.updateTable('users').set({ workos_role: role, updated: now }).where('id', '=', known.id);
    const difference = { role: [roleOf(known), role ?? known.role] };
    await audit.commit([{ ...entry, action: 'user.update', difference }], [{ query }]);
    return { ...known, workos_role: role, updated: now };
  }
  const row = {
    ...{ email: claims.user, name: claims.user, role: 'viewer', team: null, project_id: null },
    ...({ state: 'active', password: null, workos_id: claims.user, workos_role: role } as const),
    ...{ invitation: null, invited_until: null, seen: null, created: now, updated: now },
  };
  // Where two requests come at once, one of them makes it.
  const made = { query: db.insertInto('users').values(row), changes: 1 };
  await audit.commit([{ ...entry, action: 'user.create', difference: { role: [null, roleOf(row)] } }], [made]);
  return (await find())!;
}

/** What the user's role grants. */
export async function findRole({ db }: Store, user: User): Promise<Grants> {
  const role = roleOf(user);
  if (isBuiltIn(role)) return grantsBy(role, null);
  const row = await db.selectFrom('roles').select('permissions').where('name', '=', role).executeTakeFirst();
  return grantsBy(role, row?.permissions ?? null);
}

/** Of the roles in the claims the one that there is here: `admin` before others, else the first; null where there is none. */
async function chooseRole({ db }: Store, { role, roles }: Claims): Promise<string | null> {
  const named = [...new Set([...(role === undefined ? [] : [role]), ...roles])];
  if (named.includes('admin')) return 'admin';
  const others = named.filter(one => !isBuiltIn(one));
  const made =
    others.length === 0 ? [] : await db.selectFrom('roles').select('name').where('name', 'in', others).execute();
  return named.find(one => isBuiltIn(one) || made.some(({ name }) => name === one)) ?? null;
}

function isBuiltIn(role: string): boolean {
  return roles.some(one => one.name === role);
}
