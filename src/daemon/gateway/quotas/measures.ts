import { costLines, type Inventory } from '../../../core/cost/lines.ts';
import { addSums, exactMoney } from '../../../core/cost/money.ts';
import type { Pricing } from '../../../core/hetzner/types.ts';
import type { Item } from '../../../core/resource.ts';
import { countedTypes, type QuotaType } from '../../../core/resources/quota.ts';

/** Something that is there or is asked for; `type` is the path of its collection, and of its item only what is measured has to be known. */
export interface Thing {
  readonly type: string;
  readonly item: Omit<Item, 'id'>;
}

/** What a quota counts. */
export interface Measure {
  /** The collections that it is about. */
  readonly of: readonly string[];
  /** How much one thing of them counts; prices are needed for costs only. */
  readonly count: (thing: Thing, pricing?: Pricing) => number;
}

const one = (type: string): Measure => ({ of: [type], count: () => 1 });
const number = (value: unknown) => Number(value) || 0;

/** How each quota is counted. */
export const measures: Readonly<Record<QuotaType, Measure>> = {
  ...(Object.fromEntries(countedTypes.map(type => [type, one(type)])) as Record<
    (typeof countedTypes)[number],
    Measure
  >),
  // Hetzner's own and automatic backups are nobody's doing.
  images: { of: ['images'], count: ({ item }) => (item.type === 'snapshot' ? 1 : 0) },
  server_cores: { of: ['servers'], count: ({ item }) => number(item.server_type?.cores) },
  server_memory_gb: { of: ['servers'], count: ({ item }) => number(item.server_type?.memory) },
  volume_gb: { of: ['volumes'], count: ({ item }) => number(item.size) },
  monthly_cost: {
    of: ['servers', 'volumes', 'images', 'primary_ips', 'floating_ips', 'load_balancers'],
    count: (thing, pricing) => (pricing ? costOf(thing, pricing) : 0),
  },
};

const none: Inventory = {
  ...{ servers: [], volumes: [], primaryIps: [], floatingIps: [], snapshots: [], loadBalancers: [] },
};

const places: Readonly<Record<string, keyof Inventory>> = {
  ...{ servers: 'servers', volumes: 'volumes', images: 'snapshots', primary_ips: 'primaryIps' },
  ...{ floating_ips: 'floatingIps', load_balancers: 'loadBalancers' },
};

/** Euros a month with VAT; where Hetzner is to choose the location, what it costs at the dearest. */
function costOf({ type, item }: Thing, pricing: Pricing): number {
  const place = places[type];
  if (place === undefined || (type === 'images' && item.type !== 'snapshot')) return 0;
  const prices = [
    ...pricing.server_types,
    ...pricing.primary_ips,
    ...pricing.floating_ips,
    ...pricing.load_balancer_types,
  ];
  const locations = new Set(prices.flatMap(price => price.prices.map(one => one.location)));
  // One that is given by its id has no price by that, and what has none would cost nothing.
  const isPlaced = locations.has((item.location ?? item.home_location)?.name);
  const names = isPlaced || type === 'volumes' || type === 'images' ? [] : [...locations];
  return Math.max(0, ...[undefined, ...names].map(name => costAt(place, item, pricing, name)));
}

function costAt(place: keyof Inventory, item: Thing['item'], pricing: Pricing, location: string | undefined): number {
  const placed = location === undefined ? {} : { location: { name: location }, home_location: { name: location } };
  const lines = costLines({ ...none, [place]: [{ id: 0, ...item, ...placed }] }, pricing, undefined);
  return Number(exactMoney(addSums(lines.flatMap(({ cost }) => cost ?? [])).gross));
}
