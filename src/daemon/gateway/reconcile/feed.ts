import { operations } from '../../../core/access/operations.ts';
import type { Action } from '../../../core/api.ts';
import type { Entry } from '../../../core/audit/audit.ts';
import type { Item } from '../../../core/resource.ts';
import { happened } from '../../../core/store/happened.ts';
import { actionTypes } from '../mentions.ts';
import { findOutside } from './outside.ts';
import { asker, type Place, type ReconcileTools } from './tools.ts';

/** Collections whose actions Hetzner lists together. */
const feeds = new Set(
  operations
    .filter(({ method, path }) => method === 'GET' && /^\w+\/actions$/.test(path))
    .map(({ path }) => path.split('/')[0]),
);

const [perPage, mostPages] = [50, 20];
/** Entries among which an attempt is looked for whose answer was lost. */
const newestEntries = 2000;

/** Enters the actions of a collection that were begun beside the daemon, each once; the first time it only remembers where the feed is. */
export async function followFeed(tools: ReconcileTools, place: Place, items: readonly Item[]): Promise<void> {
  const { store, clock, deeds } = tools;
  const { upstream, type } = place;
  if (!feeds.has(type)) return;
  const { id } = upstream.project;
  const name = `outside/${id}/${type}`;
  const row = await store.db.selectFrom('meta').select('value').where('name', '=', name).executeTakeFirst();
  const actions = await readNewer(place, row && Number(row.value));
  if (!row) {
    const value = String(Math.max(0, ...actions.map(action => action.id)));
    await store.commit([{ query: store.db.insertInto('meta').values({ name, value }), changes: 'any' }]);
    return;
  }
  if (actions.length === 0) return;
  const known = await deeds.known(
    id,
    actions.map(action => action.id),
  );
  const needsImages = actions.some(({ id, command }) => command === 'create_image' && !known.has(id));
  const images = needsImages ? (await upstream.reader.all('images', asker)).items : [];
  const { outside, newest } = findOutside({ now: clock.now(), actions, known, images });
  for (const action of outside) if (!(await wasTried(tools, action))) await tell(tools, place, action, items);
  if (newest === undefined) return;
  const query = store.db
    .updateTable('meta')
    .set({ value: String(newest) })
    .where('name', '=', name);
  await store.commit([{ query }]);
}

/** Actions newer than the one of that id, or the newest page where none is given. */
async function readNewer({ upstream, type }: Place, after: number | undefined): Promise<readonly Action[]> {
  const found: Action[] = [];
  for (let page = 1; page <= mostPages; page += 1) {
    const path = `${type}/actions?sort=id:desc&per_page=${perPage}&page=${page}`;
    const { status, body } = await upstream.reader.get(path, asker, { fresh: true });
    const actions = status === 200 ? ((body as { readonly actions?: readonly Action[] }).actions ?? []) : [];
    const newer = actions.filter(({ id }) => after === undefined || id > after);
    found.push(...newer);
    if (after === undefined || newer.length < perPage) break;
  }
  return [...new Map(found.map(action => [action.id, action])).values()];
}

/** Whether the daemon has tried to do something with it just then, and does not know what came of it. */
async function wasTried({ store }: ReconcileTools, { started, resources }: Action): Promise<boolean> {
  const { db } = store;
  const at = Date.parse(started);
  const newest = await db.selectFrom('audit').select('seq').orderBy('seq', 'desc').limit(1).executeTakeFirst();
  const recent = db.selectFrom('audit').where('seq', '>', (newest?.seq ?? 0) - newestEntries);
  const begun = await recent
    .select(['seq', 'target_type', 'target_id'])
    .where('result', '=', 'begun')
    .where('at', '>=', at - 90_000)
    .where('at', '<=', at + 30_000)
    .execute();
  const own = begun.filter(row =>
    resources.some(({ id, type }) => row.target_type === type && row.target_id === String(id)),
  );
  if (own.length === 0) return false;
  const seqs = own.map(({ seq }) => seq);
  const ended = await recent
    .select('of_seq')
    .where('of_seq', 'in', seqs)
    .where('result', 'in', ['done', 'refused'])
    .execute();
  return ended.length < own.length;
}

async function tell(
  { store, audit, clock }: ReconcileTools,
  { upstream, type }: Place,
  action: Action,
  items: readonly Item[],
) {
  const { db } = store;
  const project = upstream.project;
  const own = action.resources.find(one => actionTypes[one.type] === type) ?? action.resources[0];
  const name = items.find(({ id }) => id === own?.id)?.name;
  const entry: Entry = {
    actor: 'outside',
    action: `${own?.type ?? type}.${action.command}`,
    target: { type: own?.type ?? type, id: own?.id ?? '', ...(name && { name: String(name) }) },
    result: ({ success: 'done', error: 'failed' } as const)[action.status as string] ?? 'begun',
    reason: `begun beside the daemon at ${action.started}`,
    difference: { project: project.name, action: action.id, ...(action.error && { error: action.error }) },
  };
  const row = {
    project_id: project.id,
    action_id: action.id,
    owner: 'outside',
    author: 'outside',
    created: clock.now(),
  };
  await audit.commit(
    [entry],
    [
      // Of two feeds that have it, and of two daemons, one tells of it.
      { query: db.insertInto('deeds').values(row), changes: 1 },
      happened(store, clock.now(), 'owner.outside', { project: project.name, action: action.id, what: entry.action }),
    ],
  );
}
