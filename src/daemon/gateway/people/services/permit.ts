import { hetznerPermissions } from '../../../../core/access/permissions.ts';
import { Failure } from '../../../../core/failure.ts';
import type { PermitRow } from '../../../../core/store/tables.ts';
import type { Caller, Service } from '../../../api/service.ts';
import { timeOf } from '../../../backup/service/common.ts';
import type { PeopleTools } from '../find.ts';
import { requireWithin } from '../limits.ts';
import { emails, projectNames, readUser, requireProject } from '../rows.ts';

type Row = Omit<PermitRow, 'id'> & { readonly id: number };

/** What can be done with permits; who is not granted all sees the own ones only. */
export function permitService({ store, clock }: Pick<PeopleTools, 'store' | 'clock'>): Service {
  const { db } = store;

  async function read({ grants, user }: Caller): Promise<Row[]> {
    const all = db.selectFrom('permits').selectAll();
    return (grants['permit:read'] === 'all' ? all : all.where('user_id', '=', user ?? -1)).execute();
  }

  async function show(rows: readonly Row[]) {
    const [users, projects] = [await emails(store), await projectNames(store)];
    return rows.map(({ id, user_id, permission, project_id, type, resource_id, author, created }) => ({
      ...{ id, user: users.get(user_id) ?? String(user_id), permission, resource: `${type}/${resource_id}` },
      ...{ project: projects.get(project_id) ?? String(project_id), author, created: timeOf(created) },
    }));
  }

  async function find(id: number, caller: Caller): Promise<Row> {
    const row = (await read(caller)).find(one => one.id === id);
    if (row) return row;
    throw new Failure('not_found', `permit not found: ${id}`, { hint: 'cloudctl permit list' });
  }

  return {
    async list({ input, caller }) {
      const of = input.user === undefined ? undefined : (await readUser(store, String(input.user))).id;
      return show((await read(caller)).filter(row => of === undefined || row.user_id === of));
    },
    describe: async ({ id, caller }) => ({ permit: (await show([await find(id!, caller)]))[0] }),
    async create({ input, caller }) {
      const user = await readUser(store, String(input.user));
      const permission = String(input.permission);
      if (!hetznerPermissions.includes(permission)) {
        throw new Failure('usage', `there is no permission '${permission.slice(0, 100)}' at Hetzner`, {
          hint: 'Such as servers:takeover; all of them: cloudctl role describe admin',
        });
      }
      requireWithin({ [permission]: 'all' }, caller, 'the permit');
      const [, type = '', id = ''] = /^([a-z_]{1,40})\/([0-9]{1,15})$/.exec(String(input.resource)) ?? [];
      if (type === '') throw new Failure('usage', 'resource: give the collection and the id, such as servers/42');
      const project_id = await projectOf(input.project, user.project_id);
      const row = {
        ...{ user_id: user.id, permission, project_id, type, resource_id: Number(id) },
        ...{ author: caller.name, created: clock.now() },
      };
      const done = await store.commit([{ query: db.insertInto('permits').values(row), changes: 1 }]);
      if (!done) throw new Failure('refused', 'there is such a permit already', { apiCode: 'uniqueness_error' });
      const made = db.selectFrom('permits').selectAll().where('user_id', '=', user.id).orderBy('id', 'desc').limit(1);
      return { permit: (await show([await made.executeTakeFirstOrThrow()]))[0] };
    },
    async delete({ id, caller }) {
      const row = await find(id!, caller);
      await store.commit([{ query: db.deleteFrom('permits').where('id', '=', row.id) }]);
    },
  };

  /** The one named, else the user's, else the only one. */
  async function projectOf(named: unknown, home: number | null): Promise<number> {
    if (named !== undefined) return requireProject(store, String(named));
    if (home !== null) return home;
    const all = await db.selectFrom('projects').select('id').execute();
    if (all.length === 1) return all[0]!.id;
    throw new Failure('usage', 'project: say which project the resource is of', { hint: 'cloudctl project list' });
  }
}
