import type { Grant, Grants } from '../../../../core/access/operation.ts';
import { roles as builtIn, checkGrants } from '../../../../core/access/roles.ts';
import { Failure } from '../../../../core/failure.ts';
import type { RoleRow } from '../../../../core/store/tables.ts';
import type { Caller, Service } from '../../../api/service.ts';
import { timeOf } from '../../../backup/service/common.ts';
import type { PeopleTools } from '../find.ts';
import { permissionsOf, requireMeaning, requireWithin } from '../limits.ts';
import { roleOf } from '../principal.ts';
import { requireRole } from '../rows.ts';

type Row = Omit<RoleRow, 'id'> & { readonly id: number };

/** Ids of those that are always there are below it. */
const first = 100;

/** What can be done with roles: those that are always there are shown, others can be made of what the maker may. */
export function roleService({ store, clock }: Pick<PeopleTools, 'store' | 'clock'>): Service {
  const { db } = store;

  async function all(): Promise<Record<string, unknown>[]> {
    const rows = await db.selectFrom('roles').selectAll().execute();
    const users = await db.selectFrom('users').select(['role', 'workos_role']).execute();
    const count = (name: string) => users.filter(user => roleOf(user) === name).length;
    const fixed = builtIn.map(({ name, summary, grants }, index) => {
      return { id: index + 1, name, summary, built_in: true, users: count(name), grants, created: null, updated: null };
    });
    return [...fixed, ...rows.map(row => show(row, count(row.name)))];
  }

  async function find(id: number) {
    const found = (await all()).find(role => role.id === id);
    if (found) return found;
    throw new Failure('not_found', `role not found: ${id}`, { hint: 'cloudctl role list' });
  }

  async function change(id: number): Promise<Row> {
    const { name } = await find(id);
    if (id < first) {
      throw new Failure('refused', `the role ${name} is always there, and always the same`, {
        hint: `Make another one of it: cloudctl role create NAME --from ${name}`,
      });
    }
    return db
      .selectFrom('roles')
      .selectAll()
      .where('id', '=', id - first)
      .executeTakeFirstOrThrow();
  }

  return {
    list: all,
    describe: async ({ id }) => ({ role: await find(id!) }),
    async create({ input, caller }) {
      const name = readName(input.name);
      const from = input.from === undefined ? {} : await requireRole(store, String(input.from));
      const grants = readGrants(input.grant, from, caller);
      const now = clock.now();
      const values = { name, summary: String(input.summary ?? ''), permissions: JSON.stringify(grants) };
      const query = db.insertInto('roles').values({ ...values, created: now, updated: now });
      const isBuiltIn = builtIn.some(role => role.name === name);
      if (isBuiltIn || !(await store.commit([{ query, changes: 1 }]))) {
        throw new Failure('refused', `there is a role ${name} already`, { apiCode: 'uniqueness_error' });
      }
      return { role: (await all()).find(role => role.name === name) };
    },
    async update({ id, input, caller }) {
      const { permissions, summary, id: own } = await change(id!);
      const before = JSON.parse(permissions) as Grants;
      const grants = readGrants(input.grant, before, caller);
      const set = {
        summary: String(input.summary ?? summary),
        permissions: JSON.stringify(grants),
        updated: clock.now(),
      };
      await store.commit([{ query: db.updateTable('roles').set(set).where('id', '=', own), changes: 1 }]);
      return { role: await find(id!) };
    },
    async delete({ id }) {
      const { id: own, name } = await change(id!);
      const { users } = await find(id!);
      const held = db.selectFrom('tokens').select('id').where('role', '=', name).where('revoked', 'is', null);
      const tokens = (await held.where('expires', '>', clock.now()).execute()).length;
      if (users || tokens) {
        throw new Failure('refused', `the role ${name} is in use: ${users} users and ${tokens} tokens have it`, {
          hint: 'cloudctl user list --role, cloudctl token list',
        });
      }
      await store.commit([{ query: db.deleteFrom('roles').where('id', '=', own) }]);
    },
  };
}

/** What was there with what is said now, a word for each: `servers:*=own`. Throws `usage` for a word that says nothing, `forbidden` for more than the caller has. */
function readGrants(given: unknown, before: Grants, caller: Caller): Grants {
  const grants: Record<string, Grant> = { ...before };
  for (const word of (given as readonly string[] | undefined) ?? []) {
    const [, pattern = '', grant = ''] = /^([^=]*)=([a-z]+)$/.exec(word) ?? [];
    if (grant === '') {
      throw new Failure('usage', `'${word.slice(0, 100)}' is no grant`, { hint: 'Such as servers:read=own' });
    }
    requireMeaning([pattern]);
    for (const name of permissionsOf(pattern)) {
      if (grant === 'none') delete grants[name];
      else grants[name] = grant as Grant;
    }
  }
  const checked = checkGrants(grants);
  requireWithin(checked, caller, 'the role');
  return checked;
}

function readName(given: unknown): string {
  if (/^[a-z][a-z0-9-]{0,61}$/.test(String(given))) return String(given);
  throw new Failure('usage', `'${String(given).slice(0, 100)}' is no name for a role`, {
    hint: 'Small letters, digits and - with a letter first, 62 characters at most',
  });
}

function show({ id, name, summary, permissions, created, updated }: Row, users: number): Record<string, unknown> {
  return {
    ...{ id: id + first, name, summary, built_in: false, users, grants: JSON.parse(permissions) },
    ...{ created: timeOf(created), updated: timeOf(updated) },
  };
}
