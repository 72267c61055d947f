import { readChannels } from './channels.ts';
import type { AlertTools } from './tools.ts';

/** What `/readyz` and the status tell: whether anybody can be told at all. */
export async function reportAlerts({ store }: Pick<AlertTools, 'store'>): Promise<unknown> {
  const channels = (await readChannels(store)).filter(({ type }) => type !== 'inbox');
  const isBroken = ({ disabled, failing_since }: (typeof channels)[number]) =>
    disabled !== null || failing_since !== null;
  const broken = channels.filter(isBroken);
  const rows = await store.db
    .selectFrom('deliveries')
    .select(({ fn }) => ['state', fn.countAll<number>().as('count')])
    .where('state', 'in', ['waiting', 'sending', 'dead'])
    .groupBy('state')
    .execute();
  const count = (states: readonly string[]) =>
    rows.filter(({ state }) => states.includes(state)).reduce((sum, row) => sum + Number(row.count), 0);
  return {
    channels: channels.length,
    failing: broken.map(({ name, disabled, error }) => ({ name, reason: disabled ?? error })),
    // Somebody wants to be told and nobody can be.
    degraded: channels.length > 0 && broken.length === channels.length,
    waiting: count(['waiting', 'sending']),
    dead: count(['dead']),
  };
}
