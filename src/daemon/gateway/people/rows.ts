import type { Grants } from '../../../core/access/operation.ts';
import { grantsOf, roles } from '../../../core/access/roles.ts';
import { Failure } from '../../../core/failure.ts';
import type { Step, Store } from '../../../core/store/store.ts';
import type { User } from './principal.ts';

/** The user of an id or an e-mail address; throws `not_found`. */
export async function readUser({ db }: Store, which: number | string): Promise<User> {
  const text = String(which).trim().toLowerCase();
  const all = db.selectFrom('users').selectAll();
  const found = /^\d{1,15}$/.test(text) ? all.where('id', '=', Number(text)) : all.where('email', '=', text);
  const row = await found.executeTakeFirst();
  if (row) return row;
  throw new Failure('not_found', `user not found: ${text.slice(0, 100)}`, { hint: 'cloudctl user list' });
}

/** The user of an id at WorkOS. */
export async function findByWorkos({ db }: Store, id: string): Promise<User | undefined> {
  return db.selectFrom('users').selectAll().where('workos_id', '=', id).executeTakeFirst();
}

/** What is granted by a role that there must be; throws `usage` otherwise. */
export async function requireRole({ db }: Store, name: string): Promise<Grants> {
  if (roles.some(one => one.name === name)) return grantsOf(name);
  const row = await db.selectFrom('roles').select('permissions').where('name', '=', name).executeTakeFirst();
  if (row) return JSON.parse(row.permissions) as Grants;
  throw new Failure('usage', `there is no role '${name.slice(0, 100)}'`, { hint: 'cloudctl role list' });
}

/** The id of a project by its name; throws `usage` where there is none of that name. */
export async function requireProject({ db }: Store, name: string): Promise<number> {
  const row = await db.selectFrom('projects').select('id').where('name', '=', name).executeTakeFirst();
  if (row) return row.id;
  throw new Failure('usage', `there is no project '${name.slice(0, 100)}'`, { hint: 'cloudctl project list' });
}

/** What the projects are called, by id. */
export async function projectNames({ db }: Store): Promise<ReadonlyMap<number, string>> {
  const rows = await db.selectFrom('projects').select(['id', 'name']).execute();
  return new Map(rows.map(({ id, name }) => [id, name]));
}

/** The e-mail addresses of the users, by id. */
export async function emails({ db }: Store): Promise<ReadonlyMap<number, string>> {
  const rows = await db.selectFrom('users').select(['id', 'email']).execute();
  return new Map(rows.map(({ id, email }) => [id, email]));
}

/** Ends every session and token of a user. */
export function endAll({ db }: Store, user: number, now: number): Step {
  const open = db.updateTable('tokens').set({ revoked: now }).where('user_id', '=', user);
  return { query: open.where('revoked', 'is', null) };
}

/** Of several roles the one that there is here: `admin` before others, else the first; null where there is none. */
export async function chooseRole({ db }: Store, named: readonly string[]): Promise<string | null> {
  if (named.includes('admin')) return 'admin';
  const others = named.filter(one => !isBuiltIn(one));
  const made =
    others.length === 0 ? [] : await db.selectFrom('roles').select('name').where('name', 'in', others).execute();
  return named.find(one => isBuiltIn(one) || made.some(({ name }) => name === one)) ?? null;
}

/** Whether a role is always there. */
export function isBuiltIn(role: string): boolean {
  return roles.some(one => one.name === role);
}
