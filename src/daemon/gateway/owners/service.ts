import { Failure, toFailure } from '../../../core/failure.ts';
import type { Log } from '../../../core/log.ts';
import type { Step, Store } from '../../../core/store/store.ts';
import type { OwnershipRow } from '../../../core/store/tables.ts';
import type { Clock } from '../../../core/world.ts';
import type { Caller, Request, Service } from '../../api/service.ts';
import { timeOf } from '../../backup/service/common.ts';
import { keyOfItem } from '../collections.ts';
import { reachesAll, requireAll } from '../owned.ts';
import type { Change, Ownership } from '../ownership.ts';
import type { Asker, Upstream, Upstreams } from '../upstream/upstream.ts';
import { labelOwner, readItem } from './label.ts';
import { requireOwner } from './owner-name.ts';

/** What showing and giving away takes. */
export interface OwnerTools {
  readonly store: Store;
  readonly clock: Pick<Clock, 'now'>;
  readonly ownership: Ownership;
  readonly upstreams: Upstreams;
  readonly log: Log;
}

type Row = Omit<OwnershipRow, 'id'> & { readonly id: number };

/** The project of the configuration. */
const configured = 1;
const most = 5000;

/** What can be done with owners. */
export function ownerService(tools: OwnerTools): Service {
  const { store, upstreams } = tools;
  const rows = () => store.db.selectFrom('ownerships').selectAll();

  /** The rows that a caller may see. */
  const seen = (caller: Caller) =>
    reachesAll(caller, 'owner:read') ? rows() : rows().where('owner', 'in', [...caller.owners]);

  function findProject(name: unknown): Upstream {
    const found = name === undefined ? upstreams.find(configured) : upstreams.byName(String(name));
    if (found) return found;
    throw new Failure('not_found', `project not found: ${name ?? configured}`, { hint: 'cloudctl project list' });
  }

  async function rowOf(project: number, type: string, id: number): Promise<Row> {
    const own = rows().where('project_id', '=', project).where('type', '=', type);
    return own.where('resource_id', '=', id).executeTakeFirstOrThrow();
  }

  return {
    async list({ caller, input, signal }) {
      const { type, owner, project, closed } = input;
      let chosen = seen(caller).orderBy('id', 'desc').limit(most);
      if (type !== undefined) chosen = chosen.where('type', '=', String(type));
      if (owner !== undefined) chosen = chosen.where('owner', '=', String(owner));
      if (project !== undefined) chosen = chosen.where('project_id', '=', findProject(project).project.id);
      if (!closed) chosen = chosen.where('closed', 'is', null);
      const found = await chosen.execute();
      const name = await namesOf(tools, found, askerOf(caller, signal));
      return found.map(row => show(tools, row, name(row)));
    },
    async describe({ caller, id, signal }) {
      const row = await seen(caller).where('id', '=', id!).executeTakeFirst();
      if (!row) throw new Failure('not_found', `owner not found: ${id}`, { hint: 'cloudctl owner list' });
      const name = await namesOf(tools, [row], askerOf(caller, signal));
      return { owner: show(tools, row, name(row)) };
    },
    async transfer({ caller, input, signal }: Request) {
      requireAll(caller, 'owner:write');
      const { type, id, to } = input as { type: string; id: number; to: string };
      await requireOwner(store, to, 'to');
      const upstream = findProject(input.project);
      const asker = askerOf(caller, signal);
      const item = await readItem(upstream, type, id, asker);
      if (!item) throw new Failure('not_found', `${keyOfItem(type).replaceAll('_', ' ')} not found: ${id}`);
      const project = upstream.project.id;
      const given = [{ type, id }, ...(await madeWith(tools, project, type, id))];
      const change = { project, owner: to, author: caller.name };
      const changes = given.flatMap((one): Change[] => [
        { kind: 'own', ...one, ...change },
        { kind: 'transfer', ...one, ...change },
      ]);
      const written = tools.ownership.write(changes);
      const ended = given.map(one => endApprovals(tools, project, one.type, one.id));
      await store.commit([...written.steps, ...ended]);
      written.apply();
      const notices = await labelAll(tools, upstream, given, to, asker);
      const name = String(item.name ?? item.description ?? '') || null;
      return { owner: show(tools, await rowOf(project, type, id), name), notices };
    },
  };
}

const askerOf = ({ owner }: Caller, signal: AbortSignal): Asker => ({ tenant: owner, urgency: 'write', signal });

/** What was approved, perhaps by the owner before, is to be asked for anew. */
function endApprovals({ store, clock }: OwnerTools, project: number, type: string, id: number): Step {
  const path = `${type}/${id}`;
  const open = store.db
    .updateTable('approvals')
    .set({ expires: clock.now() })
    .where('state', 'in', ['waiting', 'approved']);
  const about = open.where('project_id', '=', project).where('expires', '>', clock.now());
  const isOfIt = about.where(({ or, eb }) =>
    or([eb('path', '=', path), eb('path', 'like', `${path}/%`), eb('path', 'like', `${path}?%`)]),
  );
  return { query: isOfIt };
}

/** The addresses that were made by the same request as a server: they go with it. */
async function madeWith({ store }: OwnerTools, project: number, type: string, id: number) {
  if (type !== 'servers') return [];
  const open = store.db.selectFrom('ownerships').where('project_id', '=', project).where('closed', 'is', null);
  const same = open.select('request').where('type', '=', type).where('resource_id', '=', id);
  const rows = await open.select('resource_id').where('type', '=', 'primary_ips').where('request', '=', same).execute();
  return rows.map(row => ({ type: 'primary_ips', id: row.resource_id }));
}

/** The labels follow; where that fails the store counts all the same, and they are repaired later. */
async function labelAll(
  { log }: OwnerTools,
  upstream: Upstream,
  given: readonly { readonly type: string; readonly id: number }[],
  owner: string,
  asker: Asker,
): Promise<string[]> {
  const notices: string[] = [];
  for (const one of given) {
    try {
      await labelOwner(upstream, { ...one, owner }, asker);
    } catch (error) {
      const { message } = toFailure(error);
      log.warn('a label does not follow its owner yet', { ...one, owner, error: message });
      notices.push(`${one.type}/${one.id} belongs to ${owner}; its label at Hetzner follows later: ${message}`);
    }
  }
  return notices;
}

/** What the resources of these rows are called now; null where that cannot be told. */
async function namesOf({ upstreams }: OwnerTools, rows: readonly Row[], asker: Asker) {
  const places = [...new Set(rows.map(({ project_id, type }) => `${project_id} ${type}`))];
  const pictures = await Promise.all(
    places.map(async place => {
      const [project, type = ''] = place.split(' ');
      const reader = upstreams.find(Number(project))?.reader;
      const read = reader?.all(type, { ...asker, urgency: 'read' }).catch(() => undefined);
      return [place, (await read)?.byId] as const;
    }),
  );
  const byPlace = new Map(pictures);
  return ({ project_id, type, resource_id }: Row): string | null => {
    const item = byPlace.get(`${project_id} ${type}`)?.get(resource_id);
    return item?.name || item?.description || null;
  };
}

function show({ upstreams }: OwnerTools, row: Row, resource_name: string | null): Record<string, unknown> {
  const { id, project_id, type, resource_id, owner, author, created, closed } = row;
  const project = upstreams.find(project_id)?.project.name ?? null;
  const name = `${project_id === configured ? '' : `${project ?? project_id}/`}${type}/${resource_id}`;
  return {
    ...{ id, name, owner, project, type, resource: resource_id, resource_name, author },
    ...{ created: timeOf(created), closed: timeOf(closed) },
  };
}
