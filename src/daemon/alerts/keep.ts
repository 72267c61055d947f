import { readChannels } from './channels.ts';
import type { AlertTools } from './tools.ts';

const [minute, day] = [60_000, 86_400_000];
const every = 10 * minute;
const mostAtOnce = 1000;

/** What keeps the tables small and the messages moving, once in ten minutes: what ended 30 days ago is forgotten, and a message whose job was given up gets it back. */
export function keepAlerts(tools: AlertTools): () => Promise<void> {
  const { store, clock, queue, log } = tools;
  let last = Number.NEGATIVE_INFINITY;
  let wasBroken = false;
  return async () => {
    const now = clock.now();
    if (now - last < every && now >= last) return;
    last = now;
    await forget(tools, now - 30 * day);
    const dead = store.db.updateTable('jobs').set({ state: 'waiting', attempts: 0, run_at: now, finished: null });
    await store.commit([{ query: dead.where('name', '=', 'deliver').where('state', '=', 'dead') }]);
    queue.wake();
    const outward = (await readChannels(store)).filter(({ type }) => type !== 'inbox');
    const isBroken = outward.length > 0 && outward.every(one => one.disabled !== null || one.failing_since !== null);
    if (isBroken && !wasBroken) log.error('no channel works: nobody is told of alerts', { channels: outward.length });
    wasBroken = isBroken;
  };
}

async function forget({ store }: AlertTools, before: number): Promise<void> {
  const { db } = store;
  const old = await db
    .selectFrom('deliveries')
    .select('id')
    .where('state', 'in', ['done', 'folded', 'dead'])
    .where('finished', '<', before)
    .limit(mostAtOnce)
    .execute();
  const ids = old.map(({ id }) => id);
  const steps = ids.length > 0 ? [{ query: db.deleteFrom('deliveries').where('id', 'in', ids) }] : [];
  await store.commit([
    ...steps,
    { query: db.deleteFrom('inbox').where('at', '<', before) },
    { query: db.deleteFrom('silences').where('ends', '<', before) },
  ]);
}
