import { fallsAt, observe } from '../../core/checks/observe.ts';
import { aloud, type Quiet, type Tiding, tell } from '../../core/checks/tell.ts';
import type { Step, Store } from '../../core/store/store.ts';
import { isInMaintenance, type Maintenance, readMaintenances } from './maintenances.ts';
import type { Finished } from './outages.ts';
import { dueAfter, readRow, type Watch } from './row.ts';

/** What keeps each of the checks quiet, and the writes that have parents looked at before their children are told of. */
export interface Quieting {
  quietOf(one: Finished, isHit: boolean): Quiet;
  readonly steps: readonly Step[];
}

/** Looks up what is in the way of telling, for those of which there is something to tell. */
export async function readQuiet(store: Store, finished: readonly Finished[], now: number): Promise<Quieting> {
  const begins = new Set(finished.filter(one => newsOf(one).some(({ firing }) => firing)));
  const loud = finished.filter(one => begins.has(one) || newsOf(one).some(({ fires }) => fires !== undefined));
  if (loud.length === 0) return { quietOf: (_, outage) => ({ ...aloud, outage }), steps: [] };
  const ids = [...new Set(loud.flatMap(({ watch }) => watch.parent_id ?? []))];
  const parents = await readParents(store, ids, finished);
  const maintenances: readonly Maintenance[] = await readMaintenances(store);
  const stale = new Set<number>();
  const muted = new Set<number>();
  for (const one of loud) {
    const { watch, result, at } = one;
    const parent = watch.parent_id === null ? undefined : parents.get(watch.parent_id);
    if (!parent || parent.paused === 1) continue;
    const { since } = observe(watch.status.watched, result, watch.policy, at);
    // What is only suspected is worth no look at the parent.
    const isOld = begins.has(one) && (parent.status.last === null || parent.status.last.at < since);
    if (isOld) stale.add(parent.id);
    if (isOld || parent.state === 'down' || parent.status.last?.outcome === 'down') muted.add(watch.id);
  }
  const looking = store.db
    .updateTable('checks')
    .set({ next_due: now })
    .where('id', 'in', [...stale])
    .where('next_due', '>', now);
  return {
    quietOf: ({ watch }, outage) => ({
      outage,
      parent: muted.has(watch.id),
      maintenance: isInMaintenance(maintenances, watch, now),
    }),
    steps: stale.size > 0 ? [{ query: looking }] : [],
  };
}

/** What there would be to tell if nothing was in the way. */
function newsOf({ watch, result, at }: Finished): readonly Tiding[] {
  const { policy, status } = watch;
  const watched = observe(status.watched, result, policy, at);
  return tell(status.told, watched, aloud, fallsAt(watched, policy, dueAfter(watch, at))).tidings;
}

/** The parents as they are after the results that are settled now. */
async function readParents({ db }: Store, ids: readonly number[], finished: readonly Finished[]) {
  if (ids.length === 0) return new Map<number, Watch>();
  const rows = await db.selectFrom('checks').selectAll().where('id', 'in', ids).execute();
  const parents = rows.map(readRow).map((row): Watch => {
    const own = finished.find(({ watch }) => watch.id === row.id);
    return own ? { ...row, status: { ...row.status, last: { ...own.result, at: own.at } } } : row;
  });
  return new Map(parents.map(row => [row.id, row]));
}
