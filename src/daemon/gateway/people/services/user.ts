import { hashToken, newToken } from '../../../../core/auth/gateway-token.ts';
import type { Passwords } from '../../../../core/auth/password.ts';
import { Failure, toFailure } from '../../../../core/failure.ts';
import type { UserRow } from '../../../../core/store/tables.ts';
import type { Caller, Request, Service } from '../../../api/service.ts';
import { timeOf } from '../../../backup/service/common.ts';
import type { PeopleTools } from '../find.ts';
import { requireWithin } from '../limits.ts';
import { roleOf, type User } from '../principal.ts';
import { endAll, projectNames, readUser, requireProject, requireRole } from '../rows.ts';
import { findRole } from '../workos.ts';
import type { Administration } from '../workos-administration.ts';
import { giveRole, inviteAtWorkos, keepOut, letIn } from '../workos-deeds.ts';
import { ending } from '../workos-ends.ts';

/** How long an invitation can be taken, in milliseconds. */
const invitationTime = 7 * 86_400_000;

type Tools = Pick<PeopleTools, 'store' | 'clock' | 'workos'>;

/** What can be done with users. Nobody makes somebody who may more than they may, or changes such a one. */
export function userService(tools: Tools, passwords: Passwords): Service {
  const { store, clock } = tools;
  const { db } = store;
  /** WorkOS, where it is to be told of what is done here. */
  const told = () => (tools.workos?.isConfigured() ? tools.workos : undefined);

  async function answer(id: number, more: object = {}) {
    return { user: show(await readUser(store, id), await projectNames(store)), ...more };
  }

  /** The user, whom the caller may change. */
  async function requireChangeable(id: number, caller: Caller): Promise<User> {
    const user = await readUser(store, id);
    requireWithin(await findRole(store, user), caller, user.email);
    return user;
  }

  async function make(request: Request, rest: Pick<UserRow, 'state' | 'password' | 'invitation' | 'invited_until'>) {
    const { input, caller } = request;
    const email = readEmail(input.email);
    const role = String(input.role ?? 'client');
    requireWithin(await requireRole(store, role), caller, `the role ${role}`);
    const now = clock.now();
    const row = {
      ...{ email, name: readName(input.name) ?? email, role, ...rest },
      ...{ team: readTeam(input.team) ?? null, project_id: (await readProject(tools, input.project)) ?? null },
      ...{ workos_id: null, workos_role: null, seen: null, created: now, updated: now },
    };
    const done = await store.commit([{ query: db.insertInto('users').values(row), changes: 1 }]);
    if (done) return (await readUser(store, email)).id;
    throw new Failure('refused', `there is a user ${email} already`, {
      apiCode: 'uniqueness_error',
      hint: `To have another password chosen: cloudctl user reset-password ${email}`,
    });
  }

  async function write(id: number, set: Partial<UserRow>, more: Parameters<typeof store.commit>[0] = []) {
    const changed = { ...set, updated: clock.now() } as Omit<Partial<UserRow>, 'id'>;
    const query = db.updateTable('users').set(changed).where('id', '=', id);
    await store.commit([{ query, changes: 1 }, ...more]);
  }

  async function inviteByWorkos(workos: Administration, request: Request) {
    const none = { password: null, invitation: null, invited_until: null };
    const { id, email, role } = await readUser(store, await make(request, { state: 'invited', ...none }));
    try {
      await write(id, { invited_until: await inviteAtWorkos(workos, email, role) });
    } catch (error) {
      await store.commit([{ query: db.deleteFrom('users').where('id', '=', id).where('workos_id', 'is', null) }]);
      throw error;
    }
    return answer(id, { notices: [`WorkOS has sent an invitation to ${email}: cloudctl login takes it up`] });
  }

  /** Ends all that the user has here, then keeps the user out at WorkOS; where that does not work it is out here all the same. */
  async function shutOut(user: User, forGood: boolean): Promise<void> {
    const now = clock.now();
    // Whoever has a password only is nobody whom WorkOS knows.
    const workos = user.workos_id !== null || user.password === null ? told() : undefined;
    const set = { state: 'disabled', invitation: null, invited_until: null } as const;
    // Where the row is gone a token that has not expired would make another one; the clocks may differ by a little.
    const isEnded = workos !== undefined && forGood && user.workos_id !== null;
    const ends = isEnded ? ending(store, { subject: user.workos_id!, issued: now + 60_000 }, now) : [];
    await write(user.id, set, [endAll(store, user.id, now), ...ends]);
    try {
      if (workos) await keepOut(workos, user, forGood);
    } catch (error) {
      const { code, message, apiCode } = toFailure(error);
      const left = forGood
        ? 'disabled here, but not deleted, and WorkOS does not know'
        : 'disabled here, which WorkOS does not know';
      throw new Failure(code, `${user.email} is ${left}: ${message}`, {
        apiCode,
        hint: 'Do it again when WorkOS answers',
      });
    }
  }

  return {
    async list({ input }) {
      const names = await projectNames(store);
      const { role, team, state } = input as { role?: string; team?: string; state?: readonly string[] };
      const rows = await db.selectFrom('users').selectAll().execute();
      return rows
        .filter(row => role === undefined || roleOf(row) === role)
        .filter(row => team === undefined || row.team === team)
        .filter(row => !state?.length || state.includes(row.state))
        .map(row => show(row, names));
    },
    describe: ({ id }) => answer(id!),
    async create(request) {
      const password = await passwords.hash(String(request.input['password-file']));
      return answer(await make(request, { state: 'active', password, invitation: null, invited_until: null }));
    },
    async invite(request) {
      const workos = told();
      if (workos) return inviteByWorkos(workos, request);
      const { text, set, notices } = invite(clock.now());
      return answer(await make(request, { state: 'invited', password: null, ...set }), { invitation: text, notices });
    },
    async update({ id, input, caller }) {
      const user = await requireChangeable(id!, caller);
      const role = input.role === undefined ? undefined : String(input.role);
      if (role !== undefined) {
        requireOther(user, caller, 'change your own role');
        if (user.workos_role !== null && !told()) {
          throw fromWorkos(user, `has the role ${user.workos_role} from WorkOS`);
        }
        requireWithin(await requireRole(store, role), caller, `the role ${role}`);
      }
      const [team, project_id] = [readTeam(input.team), await readProject(tools, input.project)];
      const workos = role === undefined ? undefined : told();
      const workos_at = workos && (await giveRole(workos, user, role!));
      await write(user.id, {
        ...(role !== undefined && { role }),
        ...(workos_at !== undefined && { workos_role: role!, workos_at }),
        ...(team !== undefined && { team }),
        ...(project_id !== undefined && { project_id }),
        ...(input.name !== undefined && { name: readName(input.name) ?? user.email }),
      });
      return answer(user.id);
    },
    async 'reset-password'({ id, caller }) {
      const user = await requireChangeable(id!, caller);
      if (user.workos_id !== null) throw fromWorkos(user, 'signs in by WorkOS, not with a password');
      if (user.state === 'disabled')
        throw new Failure('refused', `${user.email} is disabled`, { hint: 'Enable first' });
      const now = clock.now();
      const { text, set, notices } = invite(now);
      await write(user.id, { password: null, state: 'invited', ...set }, [endAll(store, user.id, now)]);
      return answer(user.id, { invitation: text, notices });
    },
    async disable({ id, caller }) {
      const user = await requireChangeable(id!, caller);
      requireOther(user, caller, 'disable yourself');
      await shutOut(user, false);
      return answer(user.id);
    },
    async enable({ id, caller }) {
      const user = await requireChangeable(id!, caller);
      if (user.state === 'disabled') {
        const canSignIn = user.password !== null || user.workos_id !== null;
        const workos = told();
        if (workos) await letIn(workos, user);
        // A token that was just being made when the user was disabled must not come to life.
        const ended = endAll(store, user.id, clock.now());
        await write(user.id, { state: canSignIn ? 'active' : 'invited' }, [ended]);
      }
      return answer(user.id);
    },
    async delete({ id, caller }) {
      const user = await requireChangeable(id!, caller);
      requireOther(user, caller, 'delete yourself');
      if (told()) await shutOut(user, true);
      await store.commit([
        { query: db.deleteFrom('tokens').where('user_id', '=', user.id) },
        { query: db.deleteFrom('permits').where('user_id', '=', user.id) },
        { query: db.deleteFrom('users').where('id', '=', user.id) },
      ]);
    },
  };
}

function invite(now: number) {
  const text = newToken('invitation');
  const set = { invitation: hashToken(text), invited_until: now + invitationTime };
  const notices = [
    `It is shown this once and good for 7 days: cloudctl login --invitation, with the address of the daemon`,
  ];
  return { text, set, notices };
}

/** What nobody does to themselves, so that nobody locks themselves out by mistake. */
function requireOther(user: User, caller: Caller, what: string): void {
  if (user.id !== caller.user) return;
  throw new Failure('refused', `you cannot ${what}`, { hint: 'Another administrator can, or root on the host itself' });
}

function fromWorkos({ email }: User, what: string): Failure {
  return new Failure('refused', `${email} ${what}`, { hint: 'Change it at WorkOS' });
}

/** In lower case; throws `usage` for what cannot be one. */
export function readEmail(given: unknown): string {
  const email = String(given).trim().toLowerCase();
  // It is part of what the audit log calls somebody, which has room for so much.
  if (/^[^\s@\p{C}]{1,64}@[^\s@\p{C}]+$/u.test(email) && Buffer.byteLength(email) <= 160) return email;
  throw new Failure('usage', `'${email.slice(0, 100)}' is not an e-mail address`);
}

function readName(given: unknown): string | undefined {
  const name = String(given ?? '').trim();
  if (Buffer.byteLength(name) <= 200 && !/\p{C}/u.test(name)) return name || undefined;
  throw new Failure('usage', 'name: give 200 bytes at most, without control characters');
}

/** Undefined where none is given, null for none; it becomes part of a label's value. */
function readTeam(given: unknown): string | null | undefined {
  if (given === undefined || given === '') return given === '' ? null : undefined;
  if (/^[a-z0-9]([a-z0-9._-]{0,48}[a-z0-9])?$/.test(String(given))) return String(given);
  throw new Failure('usage', `'${String(given).slice(0, 100)}' is no name for a team`, {
    hint: 'Small letters, digits and . _ - within, 50 characters at most',
  });
}

async function readProject({ store }: Tools, given: unknown): Promise<number | null | undefined> {
  if (given === undefined || given === '') return given === '' ? null : undefined;
  return requireProject(store, String(given));
}

function show(user: User, projects: ReadonlyMap<number, string>): Record<string, unknown> {
  const { id, email, name, team, project_id, state, password, workos_id, invited_until } = user;
  const project = project_id === null ? null : (projects.get(project_id) ?? null);
  const signsIn = [...(password === null ? [] : ['password']), ...(workos_id === null ? [] : ['workos'])];
  return {
    ...{ id, email, name, role: roleOf(user), team, project, state, signs_in: signsIn },
    ...{ invited_until: timeOf(invited_until), seen: timeOf(user.seen) },
    ...{ created: timeOf(user.created), updated: timeOf(user.updated) },
  };
}
