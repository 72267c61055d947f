import type { Principal as Claims } from '../../../core/auth/verify/index.ts';
import { Failure, toFailure } from '../../../core/failure.ts';
import type { Store } from '../../../core/store/store.ts';
import type { PeopleTools } from './find.ts';
import { roleOf, type User } from './principal.ts';
import { chooseRole, findByWorkos } from './rows.ts';
import { ending } from './workos-ends.ts';
import { membershipOf, type Person, readStanding } from './workos-standing.ts';

/** Somebody of WorkOS as they are at the first sight. */
interface Newcomer {
  readonly person: Person;
  readonly workos_role: string | null;
  readonly workos_at: number | null;
}

/** Enters somebody of WorkOS who was never here: as who was invited with their address, else as a user of their own. `role` is what their token says. */
export async function enterNew(tools: PeopleTools, claims: Claims, role: string | null): Promise<User> {
  const { store, audit, clock } = tools;
  const { person, ...given } = await meet(tools, claims, role);
  const now = clock.now();
  const set = { ...given, state: 'active', workos_id: claims.user, updated: now, invitation: null } as const;
  const other = person.email === undefined ? undefined : await findByEmail(store, person.email);
  if (other?.state === 'disabled') {
    throw new Failure('forbidden', `${other.email} is disabled`, { details: { actor: other.email } });
  }
  const step =
    other && isInvited(other, now) ? takeUp(store, other, person, set) : make(store, other ? {} : person, set);
  const { target, action, difference, query } = step;
  const entry = { actor: 'workos', action, target: { type: 'user', ...target }, result: 'done', difference } as const;
  // Where two requests come at once, one of them does it.
  await audit.commit([entry], [{ query, changes: 1 }]);
  const row = await findByWorkos(store, claims.user);
  if (row) return row;
  // Somebody took the address, or deleted the row, in this moment.
  throw new Failure('busy', 'the user was changed meanwhile', { hint: 'Try again' });
}

type Standing = Pick<User, 'state' | 'workos_id' | 'workos_role' | 'workos_at' | 'updated' | 'invitation'>;

function takeUp({ db }: Store, { id, email, name }: User, person: Person, standing: Standing) {
  const set = { ...standing, invited_until: null, name: name === email ? (person.name ?? name) : name };
  const query = db.updateTable('users').set(set).where('id', '=', id).where('workos_id', 'is', null);
  return { query, action: 'user.accept', target: { id, name: email }, difference: undefined };
}

function make({ db }: Store, { email, name }: Partial<Person>, standing: Standing) {
  const id = standing.workos_id!;
  const row = {
    ...{ email: email ?? id, name: name ?? id, role: 'viewer', team: null, project_id: null, password: null },
    ...{ invited_until: null, seen: null, created: standing.updated, ...standing },
  };
  const query = db.insertInto('users').values(row);
  const difference = { role: [null, roleOf(row)] };
  return { query, action: 'user.create', target: { id: '', name: row.email }, difference };
}

/** Who that is, by WorkOS itself where there is a key. Nobody new is entered while WorkOS does not say it: an invitation may wait for them. */
async function meet({ store, clock, workos }: PeopleTools, claims: Claims, role: string | null): Promise<Newcomer> {
  if (!workos?.isConfigured()) {
    return { person: { email: undefined, name: undefined }, workos_role: role, workos_at: null };
  }
  const standing = await readStanding(workos, claims.user).catch(error => {
    const message = `who is new cannot be let in for now: ${toFailure(error).message}`;
    throw new Failure('unreachable', message, { hint: 'Try again in a moment' });
  });
  const { person } = standing;
  const how = membershipOf(standing);
  // The token may be from before a change that nobody told of, since nobody was known.
  if (person && how) return { person, workos_role: await chooseRole(store, how.roles), workos_at: how.at };
  // WorkOS is asked once for all that come with such a token.
  await store.commit(ending(store, { subject: claims.user, issued: claims.issuedAt }, clock.now()));
  throw new Failure('unauthorized', 'at WorkOS this user is no member any more', { hint: 'Sign in: cloudctl login' });
}

/** Whether somebody is waited for. How long an invitation of WorkOS is good it knows itself, and has judged. */
function isInvited({ state, workos_id, invitation, invited_until }: User, now: number): boolean {
  return state === 'invited' && workos_id === null && (invitation === null || (invited_until ?? 0) > now);
}

async function findByEmail({ db }: Store, email: string): Promise<User | undefined> {
  return db.selectFrom('users').selectAll().where('email', '=', email).executeTakeFirst();
}
