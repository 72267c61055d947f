import { isOwner } from '../owners/owner-name.ts';
import { ownerLabel, requestLabel } from '../reserved.ts';
import type { Picture } from '../upstream/upstream.ts';
import type { Known } from './decide.ts';
import type { Place, ReconcileTools } from './tools.ts';

/** What the store knows of a collection, read after the picture: whatever is in that was intended before. */
export async function readKnown(
  { store, clock }: ReconcileTools,
  { upstream, type }: Place,
  { items }: Pick<Picture, 'items'>,
): Promise<Known> {
  const { db } = store;
  const project = upstream.project.id;
  const requests = distinct(items.map(item => item.labels?.[requestLabel]));
  const rows = await db
    .selectFrom('ownerships')
    .select(['resource_id', 'owner', 'author', 'closed'])
    .where('project_id', '=', project)
    .where('type', '=', type)
    .execute();
  const own = db.selectFrom('intents').selectAll().where('project_id', '=', project).where('type', '=', type);
  const entered = new Set(rows.filter(row => row.closed === null).map(row => row.resource_id));
  // Only those of what nobody was entered for say something new.
  const asked = new Set(items.filter(({ id }) => !entered.has(id)).map(item => item.labels?.[requestLabel]));
  const named = requests.filter(request => asked.has(request));
  const open = await own.where('state', '=', 'open').execute();
  const ended =
    named.length === 0 ? [] : await own.where('request', 'in', named).where('state', '!=', 'open').execute();
  const owners: string[] = [];
  for (const owner of distinct(items.map(item => item.labels?.[ownerLabel]))) {
    if (await isOwner(store, owner)) owners.push(owner);
  }
  return { now: clock.now(), items, rows, intents: [...open, ...ended], owners: new Set(owners) };
}

function distinct(values: readonly unknown[]): string[] {
  return [...new Set(values.filter((value): value is string => typeof value === 'string'))];
}
