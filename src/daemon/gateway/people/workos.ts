import type { Grants } from '../../../core/access/operation.ts';
import { roles } from '../../../core/access/roles.ts';
import type { Principal as Claims } from '../../../core/auth/verify/index.ts';
import { Failure, toFailure } from '../../../core/failure.ts';
import type { Store } from '../../../core/store/store.ts';
import type { PeopleTools } from './find.ts';
import { grantsBy, roleOf, type User } from './principal.ts';
import type { Administration } from './workos-administration.ts';
import { ending } from './workos-ends.ts';
import { membershipOf, readStanding } from './workos-standing.ts';

/** Bytes of an id; it is part of what the audit log calls somebody. */
const longestId = 160;

/** The user that somebody of WorkOS is here, with the role that WorkOS gives now; made at the first sight, or found among the invited. */
export async function userOfWorkos(tools: PeopleTools, claims: Claims): Promise<User> {
  const { store, audit, clock, workos } = tools;
  const { db } = store;
  if (Buffer.byteLength(claims.user) > longestId)
    throw new Failure('unauthorized', "the token's claim 'sub' is too long");
  const role = await chooseRole(store, [...(claims.role === undefined ? [] : [claims.role]), ...claims.roles]);
  const known = await findByWorkos(store, claims.user);
  // What WorkOS itself has said since then goes before an older token.
  if (known && (known.workos_role === role || claims.issuedAt <= (known.workos_at ?? -1))) return known;
  const now = clock.now();
  const target = { type: 'user', id: known?.id ?? '', name: known?.email ?? claims.user };
  const entry = { actor: 'workos', target, result: 'done' } as const;
  if (known) {
    const query = db.updateTable('users').set({ workos_role: role, updated: now }).where('id', '=', known.id);
    const difference = { role: [roleOf(known), role ?? known.role] };
    await audit.commit([{ ...entry, action: 'user.update', difference }], [{ query }]);
    return { ...known, workos_role: role, updated: now };
  }
  const isAsked = workos?.isConfigured() ?? false;
  const met = isAsked ? await meet(workos!, claims) : undefined;
  if (isAsked && !met) {
    // WorkOS is asked once for all that come with such a token.
    await store.commit(ending(store, { subject: claims.user, issued: claims.issuedAt }, now));
    throw new Failure('unauthorized', 'at WorkOS this user is no member any more', { hint: 'Sign in: cloudctl login' });
  }
  const { email, name } = met?.person ?? {};
  const other = email === undefined ? undefined : await findByEmail(store, email);
  if (other?.state === 'disabled') {
    throw new Failure('forbidden', `${other.email} is disabled`, { details: { actor: other.email } });
  }
  // The token may be from before a change that nobody told of, since nobody was known.
  const workos_role = met ? await chooseRole(store, met.roles) : role;
  const standing = { state: 'active', workos_id: claims.user, workos_role, updated: now } as const;
  const since = { workos_at: met?.at ?? null };
  if (other && isInvited(other, now)) {
    const set = {
      ...standing,
      ...since,
      ...ended,
      name: other.name === other.email ? (name ?? other.name) : other.name,
    };
    const query = db.updateTable('users').set(set).where('id', '=', other.id).where('workos_id', 'is', null);
    const who = { ...target, id: other.id, name: other.email };
    await audit.commit([{ ...entry, action: 'user.accept', target: who }], [{ query, changes: 1 }]);
    return requireMade(store, claims.user);
  }
  const row = {
    ...{ email: other ? claims.user : (email ?? claims.user), name: name ?? claims.user, role: 'viewer' },
    ...{ team: null, project_id: null, password: null, seen: null, created: now },
    ...{ ...standing, ...since, ...ended },
  };
  // Where two requests come at once, one of them makes it.
  const made = { query: db.insertInto('users').values(row), changes: 1 };
  const difference = { role: [null, roleOf(row)] };
  const who = { ...target, name: row.email };
  await audit.commit([{ ...entry, action: 'user.create', target: who, difference }], [made]);
  return requireMade(store, claims.user);
}

const ended = { invitation: null, invited_until: null } as const;

/** Who somebody new is; undefined for no member. Nobody new is entered while WorkOS does not say it: an invitation may wait for them. */
async function meet(workos: Administration, claims: Claims) {
  const standing = await readStanding(workos, claims.user).catch(error => {
    const message = `who is new cannot be let in for now: ${toFailure(error).message}`;
    throw new Failure('unreachable', message, { hint: 'Try again in a moment' });
  });
  const { person } = standing;
  const how = membershipOf(standing);
  return person && how && { person, ...how };
}

/** Whether somebody is waited for. How long an invitation of WorkOS is good it knows itself, and has judged. */
function isInvited({ state, workos_id, invitation, invited_until }: User, now: number): boolean {
  return state === 'invited' && workos_id === null && (invitation === null || (invited_until ?? 0) > now);
}

/** The user of an id at WorkOS. */
export async function findByWorkos({ db }: Store, id: string): Promise<User | undefined> {
  return db.selectFrom('users').selectAll().where('workos_id', '=', id).executeTakeFirst();
}

async function findByEmail({ db }: Store, email: string): Promise<User | undefined> {
  return db.selectFrom('users').selectAll().where('email', '=', email).executeTakeFirst();
}

async function requireMade(store: Store, id: string): Promise<User> {
  const row = await findByWorkos(store, id);
  if (row) return row;
  // Somebody took the address, or deleted the row, in this moment.
  throw new Failure('busy', 'the user was changed meanwhile', { hint: 'Try again' });
}

/** What the user's role grants. */
export async function findRole({ db }: Store, user: User): Promise<Grants> {
  const role = roleOf(user);
  if (isBuiltIn(role)) return grantsBy(role, null);
  const row = await db.selectFrom('roles').select('permissions').where('name', '=', role).executeTakeFirst();
  return grantsBy(role, row?.permissions ?? null);
}

/** Of several roles the one that there is here: `admin` before others, else the first; null where there is none. */
export async function chooseRole({ db }: Store, named: readonly string[]): Promise<string | null> {
  if (named.includes('admin')) return 'admin';
  const others = named.filter(one => !isBuiltIn(one));
  const made =
    others.length === 0 ? [] : await db.selectFrom('roles').select('name').where('name', 'in', others).execute();
  return named.find(one => isBuiltIn(one) || made.some(({ name }) => name === one)) ?? null;
}

function isBuiltIn(role: string): boolean {
  return roles.some(one => one.name === role);
}
