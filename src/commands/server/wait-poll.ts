import { type Action, type Api, collect } from '../../core/api.ts';
import { Failure } from '../../core/failure.ts';
import { pool } from '../../core/pool.ts';
import type { Item } from '../../core/resource.ts';
import { anyAddress } from '../../core/ssh/address.ts';
import type { Session } from '../session.ts';
import { answersSsh } from './ssh-probe.ts';
import type { Condition } from './wait-conditions.ts';

/** How a server stands: what does not hold yet, nothing when all does; or why it never will. */
export interface Standing {
  readonly server?: Item;
  readonly missing: readonly string[];
  readonly failure?: Failure;
}

/** Looks at all the servers once: one request for one, one list for several, one more where actions count. */
export async function lookAtServers(
  session: Session,
  api: Api,
  ids: readonly number[],
  conditions: readonly Condition[],
): Promise<Standing[]> {
  const asks = conditions.some(({ kind }) => kind === 'action');
  const [found, busy] = await Promise.all([readServers(api, ids), asks ? readBusy(api, ids) : new Set<number>()]);
  return pool(ids, session.settings.concurrency, async id => {
    const server = found.get(id);
    if (!server) return { missing: [], failure: new Failure('not_found', `server ${id} is gone`) };
    const missing: string[] = [];
    for (const condition of conditions) {
      // A port is not knocked at before the rest holds: the system is not up then.
      if (condition.kind === 'ssh' && missing.length > 0) missing.push(condition.text);
      else if (!(await holds(session, server, condition, busy))) missing.push(condition.text);
    }
    return { server, missing };
  });
}

async function holds(session: Session, server: Item, condition: Condition, busy: ReadonlySet<number>) {
  if (condition.kind === 'action') return !busy.has(server.id);
  if (condition.kind === 'ssh') return answersSsh(anyAddress(server), condition.port, 5000, session.world.signal);
  return condition.holds(server);
}

async function readServers(api: Api, ids: readonly number[]): Promise<ReadonlyMap<number, Item>> {
  const listed = ids.length > 1 ? await collect<Item>(api.list('servers')) : [];
  const found = new Map(listed.map(server => [server.id, server]));
  // What the list does not show is asked for: a row can shift away while pages are read.
  const absent = ids.filter(id => !found.has(id));
  for (const server of await Promise.all(absent.map(id => readServer(api, id)))) {
    if (server) found.set(server.id, server);
  }
  return found;
}

async function readServer(api: Api, id: number): Promise<Item | undefined> {
  try {
    const { server } = await api.send<{ server?: Item }>('GET', `servers/${id}`);
    if (!server) throw new Failure('unreachable', `the answer for server ${id} has no 'server'`);
    return server;
  } catch (error) {
    if (error instanceof Failure && error.code === 'not_found') return undefined;
    throw error;
  }
}

/** Ids of servers that an action is running on. */
async function readBusy(api: Api, ids: readonly number[]): Promise<ReadonlySet<number>> {
  const path = ids.length === 1 ? `servers/${ids[0]}/actions` : 'servers/actions';
  try {
    const actions = await collect<Action>(api.list(path, { status: 'running' }));
    const resources = actions.flatMap(action => action.resources);
    return new Set(resources.filter(({ type }) => type === 'server').map(({ id }) => id));
  } catch (error) {
    if (error instanceof Failure && error.code === 'not_found') return new Set();
    throw error;
  }
}
