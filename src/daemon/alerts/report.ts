import type { Store } from '../../core/store/store.ts';
import type { Metrics } from '../http/metrics.ts';
import { readChannels } from './channels.ts';
import type { AlertTools } from './tools.ts';

/** What `/readyz` and the status tell: whether anybody can be told at all. */
export async function reportAlerts({ store }: Pick<AlertTools, 'store'>): Promise<unknown> {
  const channels = (await readChannels(store)).filter(({ type }) => type !== 'inbox');
  const isBroken = ({ disabled, failing_since }: (typeof channels)[number]) =>
    disabled !== null || failing_since !== null;
  const broken = channels.filter(isBroken);
  const counts = await countDeliveries(store);
  return {
    channels: channels.length,
    failing: broken.map(({ name, disabled, error }) => ({ name, reason: disabled ?? error })),
    // Somebody wants to be told and nobody can be.
    degraded: channels.length > 0 && broken.length === channels.length,
    waiting: counts.waiting + counts.sending,
    dead: counts.dead,
  };
}

const open = ['waiting', 'sending', 'dead'] as const;

/** How many messages there are that were not taken yet, by state. */
async function countDeliveries({ db }: Pick<Store, 'db'>): Promise<Record<(typeof open)[number], number>> {
  const rows = await db
    .selectFrom('deliveries')
    .select(({ fn }) => ['state', fn.countAll<number>().as('count')])
    .where('state', 'in', open)
    .groupBy('state')
    .execute();
  const count = (wanted: string) => Number(rows.find(({ state }) => state === wanted)?.count ?? 0);
  return { waiting: count('waiting'), sending: count('sending'), dead: count('dead') };
}

/** The measures of alerts and messages. */
export function measureAlerts(metrics: Metrics, { store }: Pick<AlertTools, 'store'>): void {
  metrics.gauge(
    'cloudctl_deliveries',
    'Messages that were not taken yet, by state; dead ones were given up',
    async () => Object.entries(await countDeliveries(store)).map(([state, value]) => ({ labels: { state }, value })),
  );
  metrics.gauge('cloudctl_alerts', 'Alerts by state: firing or pending', async () => {
    const { fn } = store.db;
    const counted = store.db.selectFrom('alerts').select(fn.countAll<number>().as('count'));
    const firing = await counted.where('state', '=', 'firing').executeTakeFirstOrThrow();
    const pending = await counted.where('pending', 'is not', null).executeTakeFirstOrThrow();
    return Object.entries({ firing, pending }).map(([state, { count }]) => ({
      labels: { state },
      value: Number(count),
    }));
  });
}
