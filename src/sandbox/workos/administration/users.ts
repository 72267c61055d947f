import { addUser } from '../add.ts';
import { recordEvent } from '../events.ts';
import { readFields } from '../fields.ts';
import { replyList } from '../list.ts';
import { requireUser } from '../people.ts';
import { codedProblem } from '../problem.ts';
import type { Realm, WorkosHandler } from '../realm.ts';
import { endSession, expireSessions } from '../sessions.ts';
import { timestamp } from '../state.ts';
import { removeMemberships } from './memberships.ts';

const shape = {
  email: 'email',
  password: 'text',
  first_name: 'optional',
  last_name: 'optional',
  email_verified: 'flag',
  external_id: 'optional',
  locale: 'optional',
  metadata: 'metadata',
} as const;

/** Users, of one organization or with one e-mail address where asked for. */
export const listUsers: WorkosHandler = ({ state }, { query }) => {
  const [email, organization] = [query.get('email')?.toLowerCase(), query.get('organization_id')];
  const members = new Set(
    [...state.memberships.values()].filter(row => row.organization_id === organization).map(row => row.user_id),
  );
  const users = [...state.users.values()]
    .filter(user => email === undefined || user.email.toLowerCase() === email)
    .filter(user => organization === null || members.has(user.id));
  return replyList(query, users);
};

/** One user. */
export const getUser: WorkosHandler = (realm, { params }) => ({ status: 200, body: requireUser(realm, params.user!) });

/** A new user, whose address nobody else has. */
export const createUser: WorkosHandler = (realm, { body }) => {
  const { password, ...given } = readFields(body, shape, ['email']);
  requireFreeAddress(realm, given.email);
  const user = addUser(realm, given);
  if (password !== undefined) realm.state.passwords.set(user.id, password);
  return { status: 201, body: user };
};

/** Changes the fields that are given. */
export const updateUser: WorkosHandler = (realm, { params, body }) => {
  const user = requireUser(realm, params.user!);
  const { password, ...given } = readFields(body, shape);
  if (given.email !== undefined) requireFreeAddress(realm, given.email, user.id);
  Object.assign(user, given, { updated_at: timestamp(realm.now()) });
  user.name = [user.first_name, user.last_name].filter(Boolean).join(' ') || null;
  if (password !== undefined) realm.state.passwords.set(user.id, password);
  recordEvent(realm, 'user.updated', user);
  return { status: 200, body: user };
};

/** Removes a user with memberships, sessions and password. */
export const deleteUser: WorkosHandler = (realm, { params }) => {
  const { state } = realm;
  const user = requireUser(realm, params.user!);
  for (const { id, user_id } of state.sessions.values()) if (user_id === user.id) endSession(realm, id);
  removeMemberships(realm, ({ user_id }) => user_id === user.id);
  state.users.delete(user.id);
  state.passwords.delete(user.id);
  recordEvent(realm, 'user.deleted', user);
  return { status: 204 };
};

/** The sessions of a user, ended ones too. */
export const listSessions: WorkosHandler = (realm, { params, query }) => {
  const user = requireUser(realm, params.user!);
  expireSessions(realm);
  return replyList(
    query,
    [...realm.state.sessions.values()].filter(({ user_id }) => user_id === user.id),
  );
};

function requireFreeAddress({ state }: Realm, email: string, self?: string): void {
  const isTaken = [...state.users.values()].some(
    user => user.id !== self && user.email.toLowerCase() === email.toLowerCase(),
  );
  if (!isTaken) return;
  throw codedProblem(400, 'user_creation_error', 'Could not create user.', {
    errors: [{ code: 'email_not_available', message: 'This email is not available.' }],
  });
}
