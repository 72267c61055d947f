import { grantsOf, narrow } from '../../../../core/access/roles.ts';
import { hashToken, newToken } from '../../../../core/auth/gateway-token.ts';
import { Failure } from '../../../../core/failure.ts';
import type { Caller, Request, Service } from '../../../api/service.ts';
import { timeOf } from '../../../backup/service/common.ts';
import type { PeopleTools } from '../find.ts';
import { findHeld, readHeld, revoke } from '../held.ts';
import { narrowTo, requireMeaning, requireWithin } from '../limits.ts';
import type { Token } from '../principal.ts';
import { emails, projectNames, readUser, requireProject, requireRole } from '../rows.ts';
import { findRole } from '../workos.ts';

const longest = 366 * 86_400_000;
/** Good ones that one user may have. */
const most = 100;

type Tools = Pick<PeopleTools, 'store' | 'clock'>;

/** What can be done with tokens; who is not granted all sees and revokes the own ones only. */
export function tokenService(tools: Tools): Service {
  const { store } = tools;
  return {
    async list({ input, caller }) {
      const { user, state } = input as { user?: string; state?: readonly string[] };
      const of = user === undefined ? undefined : (await readUser(store, user)).id;
      const shown = await show(tools, await readHeld(tools, 'token', caller, of));
      return shown.filter(token => !state?.length || state.includes(String(token.state)));
    },
    describe: async ({ id, caller }) => answer(tools, await findHeld(tools, 'token', caller, id!)),
    async create(request) {
      const text = newToken('token');
      const row = { ...(await readNew(tools, request)), hash: hashToken(text) };
      await store.commit([{ query: store.db.insertInto('tokens').values(row) }]);
      const made = store.db.selectFrom('tokens').selectAll().where('hash', '=', row.hash);
      return { ...(await answer(tools, await made.executeTakeFirstOrThrow())), text };
    },
    async revoke({ id, caller }) {
      const { id: own } = await findHeld(tools, 'token', caller, id!, 'write');
      await revoke(tools, own);
      return answer(tools, await findHeld(tools, 'token', caller, own));
    },
  };
}

/** What a token is to be, checked: it never may more than its user, nor more than who makes it. */
async function readNew(tools: Tools, { input, caller }: Request): Promise<Omit<Token, 'id' | 'hash'>> {
  const { store, clock } = tools;
  const ttl = Number(input.ttl);
  if (!(ttl >= 60_000 && ttl <= longest)) throw new Failure('usage', 'ttl: give a minute to a year');
  const user_id = await ownerOf(tools, input, caller);
  const role = input.role === undefined ? null : String(input.role);
  const patterns = (input.permission as readonly string[] | undefined) ?? [];
  requireMeaning(patterns);
  const own = user_id === null ? grantsOf('admin') : await findRole(store, await readUser(store, user_id));
  const bounded = role === null ? own : narrow(own, await requireRole(store, role));
  requireWithin(patterns.length === 0 ? bounded : narrowTo(bounded, patterns), caller, 'the token');
  const now = clock.now();
  return {
    ...{ kind: 'token', name: readName(input.name), user_id, issuer: caller.name, workos_session: null, role },
    permissions: patterns.length === 0 ? null : JSON.stringify(patterns),
    selector: input.selector === undefined || input.selector === '' ? null : String(input.selector),
    project_id: input.project === undefined ? null : await requireProject(store, String(input.project)),
    ...{ address: null, created: now, expires: now + ttl, used: null, revoked: null },
  };
}

/** Whose the token will be; null for the administrator of the host. */
async function ownerOf({ store, clock }: Tools, input: Request['input'], caller: Caller): Promise<number | null> {
  const { db } = store;
  if (caller.token !== undefined) {
    const row = await db.selectFrom('tokens').select('kind').where('id', '=', caller.token).executeTakeFirst();
    // Else one that is about to expire, or is to be revoked, could live on in another.
    if (row?.kind !== 'session') {
      throw new Failure('forbidden', 'a token makes no tokens', { hint: 'Sign in: cloudctl login' });
    }
  }
  const user = input.user === undefined ? undefined : await readUser(store, String(input.user));
  const owner = user?.id ?? caller.user ?? null;
  if (owner !== (caller.user ?? null) && caller.grants['token:write'] !== 'all') {
    throw new Failure('forbidden', 'tokens of others take the permission token:write for all', {
      hint: 'Leave out --user',
    });
  }
  if (user && user.state === 'disabled') throw new Failure('refused', `${user.email} is disabled`);
  const good = db.selectFrom('tokens').select(({ fn }) => fn.countAll<number>().as('count'));
  const { count } = await good
    .where('kind', '=', 'token')
    .where('user_id', owner === null ? 'is' : '=', owner)
    .where('revoked', 'is', null)
    .where('expires', '>', clock.now())
    .executeTakeFirstOrThrow();
  if (Number(count) < most) return owner;
  throw new Failure('refused', `there are ${most} good tokens of this user already`, {
    apiCode: 'resource_limit_exceeded',
    hint: 'Revoke those that are not used: cloudctl token list',
  });
}

function readName(given: unknown): string {
  const name = String(given);
  // It is part of what the audit log calls who comes with it, which has room for so much.
  if (/^[\p{L}\p{N}][\p{L}\p{N} ._-]*$/u.test(name) && Buffer.byteLength(name) <= 62) return name;
  throw new Failure('usage', `'${String(given).slice(0, 100)}' is no name for a token`, {
    hint: 'Letters, digits, blanks and . _ - with a letter or a digit first, 62 bytes at most',
  });
}

async function answer(tools: Tools, row: Token) {
  return { token: (await show(tools, [row]))[0] };
}

async function show({ store, clock }: Tools, rows: readonly Token[]): Promise<Record<string, unknown>[]> {
  const [users, projects] = [await emails(store), await projectNames(store)];
  const now = clock.now();
  return rows.map(row => {
    const { id, name, user_id, issuer, role, permissions, selector, project_id, revoked, expires } = row;
    return {
      ...{ id, name, user: user_id === null ? null : (users.get(user_id) ?? null), issuer, role },
      permissions: permissions === null ? null : JSON.parse(permissions),
      ...{ selector, project: project_id === null ? null : (projects.get(project_id) ?? String(project_id)) },
      state: revoked !== null ? 'revoked' : expires <= now ? 'expired' : 'active',
      ...{ created: timeOf(row.created), expires: timeOf(expires), used: timeOf(row.used) },
    };
  });
}
