import { stating } from '../../core/alerts/condition.ts';
import type { Budget } from '../../core/hetzner/pace.ts';
import { changesOf, type Firing, type Judged, judge } from '../../core/samples/states.ts';
import type { Store } from '../../core/store/store.ts';

const name = 'metrics/firing';

/** Judges the servers as they are known, without a request, and hands over what has changed since the last time, in one commit with the note of it; how many conditions that were. Of two daemons that do so at once one does. */
export async function stateServers(
  store: Store,
  servers: readonly Judged[],
  budget: Budget | undefined,
  now: number,
): Promise<number> {
  const { db } = store;
  const row = await db.selectFrom('meta').select('value').where('name', '=', name).executeTakeFirst();
  const before = row ? (JSON.parse(row.value) as Firing) : {};
  const { changed, firing } = changesOf(before, judge(servers, budget, now), now);
  if (changed.length === 0) return 0;
  const value = JSON.stringify(firing);
  const note = row
    ? db.updateTable('meta').set({ value }).where('name', '=', name).where('value', '=', row.value)
    : db.insertInto('meta').values({ name, value });
  const done = await store.commit([{ query: note, changes: 1 }, ...changed.map(one => stating(store, one))]);
  return done ? changed.length : 0;
}
