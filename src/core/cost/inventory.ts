import { type Api, collect, type Query } from '../api.ts';
import { Failure } from '../failure.ts';
import type { Pricing } from '../hetzner/types.ts';
import type { Item } from '../resource.ts';
import type { Inventory } from './lines.ts';

/** Hetzner's price list. */
export async function readPricing(api: Api): Promise<Pricing> {
  const { pricing } = await api.send<{ pricing?: Pricing }>('GET', 'pricing');
  if (pricing) return pricing;
  throw new Failure('unreachable', "the answer for the prices has no 'pricing'");
}

/** Everything in the project that is billed, all lists at once. */
export async function readInventory(api: Api): Promise<Inventory> {
  const [servers, volumes, primaryIps, floatingIps, snapshots, loadBalancers] = await Promise.all([
    readList(api, 'servers'),
    readList(api, 'volumes'),
    readList(api, 'primary_ips'),
    readList(api, 'floating_ips'),
    readList(api, 'images', { type: 'snapshot' }),
    readList(api, 'load_balancers'),
  ]);
  return { servers, volumes, primaryIps, floatingIps, snapshots, loadBalancers };
}

/** The rows; none where this API does not have the resource. */
async function readList(api: Api, path: string, query?: Query): Promise<Item[]> {
  try {
    return await collect<Item>(api.list(path, query));
  } catch (error) {
    if (error instanceof Failure && error.code === 'not_found') return [];
    throw error;
  }
}
