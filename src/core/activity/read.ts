import { type Action, type Api, collect } from '../api.ts';
import { Failure } from '../failure.ts';
import type { Item } from '../resource.ts';

/** Which actions are wanted. */
export interface Wanted {
  /** Milliseconds since the epoch; what started before is left out. */
  readonly since: number;
  readonly status?: readonly string[];
  /** At most so many, the newest. */
  readonly most: number;
}

/** Actions, and whether there were more than wanted. */
export interface Activity {
  readonly actions: readonly Action[];
  readonly more: boolean;
}

const perPage = 50;
const idsAtOnce = 25;

/** The newest actions of all the paths (`servers`, `servers/42`), newest first, each once; no page is asked for that cannot matter. */
export async function readActivity(api: Api, paths: readonly string[], wanted: Wanted): Promise<Activity> {
  const lists = await Promise.all(paths.map(path => readRecent(api, path, wanted, paths.length === 1)));
  const actions = mergeActions(lists.map(({ actions }) => actions));
  const more = lists.some(list => list.more) || actions.length > wanted.most;
  return { actions: actions.slice(0, wanted.most), more };
}

/** All actions of the lists, each once, newest first. */
export function mergeActions(lists: readonly (readonly Action[])[]): Action[] {
  const byId = new Map(lists.flat().map(action => [action.id, action]));
  return [...byId.values()].sort((a, b) => Date.parse(b.started) - Date.parse(a.started) || b.id - a.id);
}

async function readRecent(api: Api, path: string, wanted: Wanted, only: boolean): Promise<Activity> {
  const { since, status, most } = wanted;
  const actions: Action[] = [];
  // Nothing but the next page tells whether there is more: the number of entries may be null.
  for (let page = 1; ; page += 1) {
    const query = { sort: 'started:desc', status, page, per_page: perPage };
    const rows = await readPage(api, path, query, only);
    const recent = rows.filter(({ started }) => Date.parse(started) >= since);
    actions.push(...recent);
    const ended = rows.length < perPage || recent.length < rows.length;
    if (ended || actions.length > most) return { actions, more: actions.length > most };
  }
}

async function readPage(api: Api, path: string, query: Parameters<Api['send']>[3], only: boolean): Promise<Action[]> {
  try {
    const { actions } = await api.send<{ actions?: Action[] }>('GET', `${path}/actions`, undefined, query);
    if (actions) return actions;
  } catch (error) {
    // Where all are asked, an API that does not have one of them is no trouble.
    if (!only && error instanceof Failure && error.code === 'not_found') return [];
    throw error;
  }
  throw new Failure('unreachable', `the answer for ${path}/actions has no list in it`);
}

/** The actions of those ids in that order, in few requests; throws `not_found` that names the missing ones. */
export async function readActions(api: Api, ids: readonly number[]): Promise<Action[]> {
  const found = new Map<number, Action>();
  for (let start = 0; start < ids.length; start += idsAtOnce) {
    const query = { id: ids.slice(start, start + idsAtOnce) };
    for (const action of await collect<Action>(api.list('actions', query))) found.set(action.id, action);
  }
  const missing = ids.filter(id => !found.has(id));
  if (missing.length > 0) {
    throw new Failure('not_found', `action not found: ${missing.join(', ')}`, { hint: 'cloudctl action list' });
  }
  return ids.map(id => found.get(id)!);
}

/** What the actions' resources are called, by `type:id`; one list for each type, what is deleted is missing. */
export async function readNames(api: Api, actions: readonly Action[]): Promise<ReadonlyMap<string, string>> {
  const types = [...new Set(actions.flatMap(({ resources }) => resources.map(({ type }) => type)))];
  const lists = await Promise.all(types.map(type => readNamesOf(api, type)));
  return new Map(lists.flat());
}

async function readNamesOf(api: Api, type: string): Promise<[string, string][]> {
  const query = type === 'image' ? { type: ['snapshot', 'backup'] } : {};
  try {
    const items = await collect<Item>(api.list(`${type}s`, query));
    return items.map(item => [`${type}:${item.id}`, String(item.name || item.description || item.id)]);
  } catch (error) {
    // Ids do instead of names: this API or this role does not show the list.
    if (error instanceof Failure && ['not_found', 'forbidden'].includes(error.code)) return [];
    throw error;
  }
}
