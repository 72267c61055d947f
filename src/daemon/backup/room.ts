import { multiplySum, parseMoney, parseSum } from '../../core/cost/money.ts';
import type { Pricing, Server } from '../../core/hetzner/types.ts';
import type { Tools } from '../tools.ts';
import { present } from './images.ts';
import { listSnapshots } from './look.ts';
import type { At } from './run.ts';

/** Why there is no room for one more snapshot in the project; undefined when there is, or the limit is not known. */
export async function refuseRoom({ tools }: Pick<At, 'tools'>): Promise<string | undefined> {
  const limit = tools.settings.snapshotLimit;
  if (limit === undefined) return undefined;
  const { length } = await listSnapshots(tools.hetzner);
  return length < limit ? undefined : `the project has ${length} snapshots of ${limit}: there is no room for one more`;
}

/** Why one more image would cost too much; undefined when it would not, or no limit is set. */
export async function refuseCost({ tools, run, spec }: At, server: Server): Promise<string | undefined> {
  const limit = spec?.maxMonthlyCost;
  if (limit === undefined) return undefined;
  const rows = await tools.store.db
    .selectFrom('images')
    .select(['server_id', 'size'])
    .where('schedule_id', '=', run.schedule_id)
    .where('state', 'in', present)
    .orderBy('created')
    .execute();
  const last = rows.findLast(row => row.server_id === run.server_id && row.size !== null);
  // A server without an image yet: the most it can be is its disk.
  const next = last?.size ?? server.primary_disk_size;
  const size = rows.reduce((sum, row) => sum + (row.size ?? next), next);
  const { gross } = multiplySum(await readPrice(tools), size.toFixed(3));
  if (gross <= parseMoney(String(limit))) return undefined;
  const cost = (Number(gross / 10n ** 16n) / 10_000).toFixed(2);
  return `its images would cost ${cost} a month, which is more than ${limit}`;
}

/** What a gigabyte of a snapshot costs a month. */
export async function readPrice({ hetzner }: Pick<Tools, 'hetzner'>) {
  const { pricing } = await hetzner.send<{ pricing: Pricing }>('GET', 'pricing');
  return parseSum(pricing.image.price_per_gb_month);
}
