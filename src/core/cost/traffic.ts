import type { Pricing } from '../hetzner/types.ts';
import type { Item } from '../resource.ts';
import type { CostLine, Inventory } from './lines.ts';
import { multiplySum } from './money.ts';
import { trafficPrice } from './rates.ts';

/** Traffic beyond what is included, in bytes of this billing period, and what it costs so far. */
export interface TrafficLine extends CostLine {
  readonly outgoing: number;
  readonly included: number;
}

// Hetzner's terabyte: 20 of them are told as 21990232555520 bytes.
const terabyte = 1024 ** 4;

/** A line for each server and load balancer that has sent more than is included, by the exact share of a terabyte. */
export function excessTraffic({ servers, loadBalancers }: Inventory, pricing: Pricing): TrafficLine[] {
  return [
    ...servers.flatMap(one => excess(one, one.server_type, pricing.server_types)),
    ...loadBalancers.flatMap(one => excess(one, one.load_balancer_type, pricing.load_balancer_types)),
  ];
}

function excess(item: Item, type: Item['server_type'], types: Pricing['server_types']): TrafficLine[] {
  const { outgoing_traffic: outgoing, included_traffic: included } = item;
  if (typeof outgoing !== 'number' || typeof included !== 'number' || outgoing <= included) return [];
  const price = trafficPrice(types, type, item.location?.name);
  return [
    {
      kind: 'traffic',
      id: item.id,
      name: item.name,
      type: type?.name,
      location: item.location?.name,
      labels: item.labels ?? {},
      cost: price && multiplySum(price, outgoing - included, terabyte),
      outgoing,
      included,
    },
  ];
}
