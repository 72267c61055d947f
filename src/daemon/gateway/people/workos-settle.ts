import { Failure } from '../../../core/failure.ts';
import type { Step } from '../../../core/store/store.ts';
import type { PeopleTools } from './find.ts';
import { roleOf, type User } from './principal.ts';
import { chooseRole, endAll, findByWorkos } from './rows.ts';
import type { Administration } from './workos-administration.ts';
import { type Changes, decide, membershipOf, readStanding } from './workos-standing.ts';

type Tools = Pick<PeopleTools, 'store' | 'audit' | 'clock' | 'log'>;

/** Makes the row of somebody what WorkOS says now; whoever has never been here has none. Rejects when WorkOS does not answer. */
export async function settle(tools: Tools, workos: Administration, id: string): Promise<void> {
  const { store, log } = tools;
  const user = await findByWorkos(store, id);
  if (!user) return;
  const standing = await readStanding(workos, id);
  const role = await chooseRole(store, membershipOf(standing)?.roles ?? []);
  const changes = decide(user, standing, role);
  const { email, ...others } = changes;
  if (email === undefined || (await isFree(tools, email))) return write(tools, user, changes);
  log.warn('the e-mail address of a user of WorkOS is another user’s', { user: user.id });
  return write(tools, user, others);
}

/** Everybody who came by WorkOS and is not kept out already, one after the other. */
export async function settleAll(tools: Tools, workos: Administration): Promise<void> {
  const all = tools.store.db.selectFrom('users').select('workos_id').where('workos_id', 'is not', null);
  const rows = await all.where('state', '!=', 'disabled').execute();
  for (const { workos_id } of rows) await settle(tools, workos, workos_id!);
}

async function isFree({ store }: Tools, email: string): Promise<boolean> {
  const row = await store.db.selectFrom('users').select('id').where('email', '=', email).executeTakeFirst();
  return row === undefined;
}

async function write({ store, audit, clock }: Tools, user: User, changes: Changes): Promise<void> {
  if (Object.keys(changes).length === 0) return;
  const now = clock.now();
  const set = { ...changes, updated: now };
  const steps: Step[] = [{ query: store.db.updateTable('users').set(set).where('id', '=', user.id), changes: 1 }];
  const isOut = changes.state === 'disabled';
  if (isOut) steps.push(endAll(store, user.id, now));
  const after = { ...user, ...changes };
  const shown = (one: User) => ({ email: one.email, name: one.name, role: roleOf(one), state: one.state });
  const [from, to] = [shown(user), shown(after)];
  const names = (Object.keys(from) as (keyof typeof from)[]).filter(name => from[name] !== to[name]);
  const difference = Object.fromEntries(names.map(name => [name, [from[name], to[name]]]));
  const target = { type: 'user', id: user.id, name: user.email };
  const entry = { actor: 'workos', action: isOut ? 'user.disable' : 'user.update', target, result: 'done' as const };
  // When it changed is no news by itself.
  const entries = names.length === 0 ? [] : [{ ...entry, difference }];
  const done = await (entries.length === 0 ? store.commit(steps) : audit.commit(entries, steps));
  if (done === undefined) throw new Failure('conflict', `${user.email} was changed meanwhile`);
}
