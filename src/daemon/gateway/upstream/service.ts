import type { Selectable } from 'kysely';
import { HETZNER_ENDPOINT, parseEndpoint } from '../../../core/config/endpoint.ts';
import { checkToken } from '../../../core/config/token.ts';
import { Failure } from '../../../core/failure.ts';
import { checkProjectName } from '../../../core/resources/project.ts';
import type { StoreKey } from '../../../core/store/key.ts';
import type { Store } from '../../../core/store/store.ts';
import type { ProjectRow } from '../../../core/store/tables-gateway.ts';
import type { Request, Service } from '../../api/service.ts';
import { timeOf } from '../../backup/service/common.ts';
import { type Candidate, type CheckOptions, isFor, requireGoodToken } from './check-token.ts';
import { tellExpiry } from './expiry.ts';
import { configuredId, type OpenUpstreams, sealName } from './projects.ts';

export interface ProjectTools extends CheckOptions {
  readonly store: Store;
  readonly key: StoreKey;
  readonly projects: OpenUpstreams;
}

type Row = Selectable<ProjectRow>;

/** What can be done with projects. */
export function projectService(tools: ProjectTools): Service {
  const { store } = tools;
  const answer = async (id: number) => ({ project: show(tools, await readRow(store, id)) });
  return {
    list: async () => (await readRows(store)).map(row => show(tools, row)),
    describe: ({ id }) => answer(id!),
    async add({ input }) {
      const id = await add(tools, input);
      return answer(id);
    },
    async update({ id, input }) {
      const { name } = await readRow(store, id!);
      const set = {
        name: input.name === undefined ? name : checkProjectName(String(input.name)),
        ...(input['token-expires'] !== undefined && { token_expires: expiryOf(input) }),
      };
      await write(tools, id!, set);
      return answer(id!);
    },
    async 'rotate-token'({ id, input }) {
      await rotate(tools, await readRow(store, id!), input);
      return answer(id!);
    },
    async remove({ id, input }) {
      await remove(tools, await readRow(store, id!), input.force === true);
    },
  };
}

async function add(tools: ProjectTools, input: Request['input']): Promise<number> {
  const { store, key, clock, projects } = tools;
  const name = checkProjectName(String(input.name));
  const endpoint = parseEndpoint(String(input.endpoint ?? HETZNER_ENDPOINT));
  const token = readToken(input, endpoint);
  const rows = await readRows(store);
  if (rows.some(row => row.name === name)) throw nameTaken(name);
  const known = rows.find(
    row => row.token && row.endpoint === endpoint && key.open(row.token, sealName(endpoint)) === token,
  );
  if (known) throw alreadyThere(known.name, 'this token');
  if (!input['no-check']) {
    await requireGoodToken({ token, endpoint }, tools);
    for (const project of projects.list())
      if ((await isFor({ token, endpoint }, project, tools)) === true)
        throw alreadyThere(project.project.name, 'the project of this token');
  }
  const now = clock.now();
  const row = { name, endpoint, token: key.seal(token, sealName(endpoint)), created: now, updated: now };
  const insert = store.db.insertInto('projects').values({ ...row, token_expires: expiryOf(input) });
  if (!(await store.commit([{ query: insert, changes: 1 }]))) throw nameTaken(name);
  await settle(tools);
  return (await readRows(store)).find(one => one.name === name)!.id;
}

async function rotate(tools: ProjectTools, row: Row, input: Request['input']): Promise<void> {
  const { key, projects } = tools;
  if (row.id === configuredId)
    throw new Failure('refused', `the token of project ${row.name} is that of the configuration`, {
      hint: 'Put the new one into hetzner-token-file, and: cloudctl daemon reload',
    });
  const { endpoint } = row;
  const candidate: Candidate = { token: readToken(input, endpoint), endpoint };
  if (!input['no-check']) {
    await requireGoodToken(candidate, tools);
    const project = projects.find(row.id);
    if (project && (await isFor(candidate, project, tools)) === false)
      throw new Failure('refused', `the token is for another project: nothing of ${row.name} is in it`, {
        hint: 'Give one of the same project; --no-check takes it all the same',
      });
  }
  await write(tools, row.id, { token: key.seal(candidate.token, sealName(endpoint)), token_expires: expiryOf(input) });
}

async function remove(tools: ProjectTools, { id, name }: Row, isForced: boolean): Promise<void> {
  const { store } = tools;
  if (id === configuredId)
    throw new Failure('refused', `project ${name} is that of the configuration`, {
      hint: 'Take its token out of the configuration',
    });
  const { count } = await store.db
    .selectFrom('ownerships')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where('project_id', '=', id)
    .where('closed', 'is', null)
    .executeTakeFirstOrThrow();
  if (Number(count) > 0 && !isForced)
    throw new Failure('refused', `project ${name} has ${count} resources that belong to somebody`, {
      hint: '--force forgets whose they are; at Hetzner they stay',
    });
  const { db } = store;
  await store.commit([
    { query: db.deleteFrom('ownerships').where('project_id', '=', id) },
    { query: db.deleteFrom('permits').where('project_id', '=', id) },
    { query: db.deleteFrom('deeds').where('project_id', '=', id) },
    { query: db.deleteFrom('intents').where('project_id', '=', id) },
    { query: db.updateTable('users').set({ project_id: null }).where('project_id', '=', id) },
    { query: db.deleteFrom('projects').where('id', '=', id) },
  ]);
  await settle(tools);
}

async function write(tools: ProjectTools, id: number, set: Partial<Omit<Row, 'id'>>): Promise<void> {
  const { store, clock } = tools;
  const query = store.db
    .updateTable('projects')
    .set({ ...set, updated: clock.now() })
    .where('id', '=', id);
  const done = await store.commit([{ query, changes: 1 }]);
  if (!done) throw set.name === undefined ? notThere(id) : nameTaken(set.name);
  await settle(tools);
}

/** What has been written holds from now on, here and within seconds for the other daemons. */
async function settle({ store, clock, projects }: ProjectTools): Promise<void> {
  await projects.refresh();
  await tellExpiry(store, clock.now());
}

function readToken(input: Request['input'], endpoint: string): string {
  return checkToken(String(input['token-file']), endpoint, '--token-file');
}

function expiryOf(input: Request['input']): number | null {
  const text = input['token-expires'];
  return text === undefined ? null : Date.parse(String(text));
}

async function readRows({ db }: Store): Promise<Row[]> {
  return db.selectFrom('projects').selectAll().orderBy('id').execute();
}

async function readRow(store: Store, id: number): Promise<Row> {
  const row = (await readRows(store)).find(one => one.id === id);
  if (row) return row;
  throw notThere(id);
}

function notThere(id: number): Failure {
  return new Failure('not_found', `project not found: ${id}`, { hint: 'cloudctl project list' });
}

function show({ projects }: ProjectTools, { id, name, endpoint, token_expires, created, updated }: Row) {
  const figures = projects.find(id)?.report();
  const { write = 0, read = 0, background = 0 } = figures?.sent ?? {};
  return {
    ...{ id, name, endpoint, configured: id === configuredId, token_expires: timeOf(token_expires) },
    ...{ left: figures?.left ?? null, limit: figures?.limit ?? null, waiting: figures?.waiting ?? 0 },
    ...{ sent: write + read + background, hits: figures?.hits ?? 0, misses: figures?.misses ?? 0 },
    ...{ created: timeOf(created), updated: timeOf(updated) },
  };
}

function nameTaken(name: string): Failure {
  return new Failure('refused', `a project has the name '${name}' already`, { apiCode: 'uniqueness_error' });
}

function alreadyThere(name: string, what: string): Failure {
  return new Failure('refused', `${what} is there already: project ${name}`, {
    apiCode: 'uniqueness_error',
    hint: `For a new token of it: cloudctl project rotate-token ${name}`,
  });
}
