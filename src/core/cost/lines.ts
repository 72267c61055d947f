import type { Pricing } from '../hetzner/types.ts';
import type { Item } from '../resource.ts';
import type { Sum } from './money.ts';
import {
  addressRate,
  charge,
  loadBalancerRate,
  type Month,
  percentOf,
  type Rate,
  serverRate,
  sizeRate,
} from './rates.ts';

/** All of a project that Hetzner bills, as the API lists it. */
export interface Inventory {
  readonly servers: readonly Item[];
  readonly volumes: readonly Item[];
  readonly primaryIps: readonly Item[];
  readonly floatingIps: readonly Item[];
  readonly snapshots: readonly Item[];
  readonly loadBalancers: readonly Item[];
}

/** One thing that is billed; without a `cost` where no price or size is known. */
export interface CostLine {
  readonly kind:
    | 'server'
    | 'backup'
    | 'primary-ip'
    | 'floating-ip'
    | 'volume'
    | 'snapshot'
    | 'load-balancer'
    | 'traffic';
  readonly id: number;
  readonly name: string;
  /** Server type, `ipv4`, or the size. */
  readonly type: string;
  readonly location?: string;
  /** Its own, and those of the server it belongs to. */
  readonly labels: Readonly<Record<string, string>>;
  readonly cost?: Sum;
}

/** A line for everything that is billed, in the month given or in a whole one; backups are lines of their own. */
export function costLines(inventory: Inventory, pricing: Pricing, month: Month | undefined): CostLine[] {
  const servers = new Map(inventory.servers.map(server => [server.id, server]));
  const line = (kind: CostLine['kind'], item: Item, rate: Rate | undefined, more: Partial<CostLine>): CostLine => ({
    kind,
    id: item.id,
    name: String(item.name || item.description || item.id),
    type: '',
    location: item.location?.name,
    labels: { ...servers.get(item.server ?? item.assignee_id)?.labels, ...item.labels },
    cost: rate && charge(rate, Date.parse(item.created), month),
    ...more,
  });
  const { image, volume, primary_ips, floating_ips, server_backup } = pricing;
  return [
    ...inventory.servers.flatMap(server => {
      const rate = serverRate(pricing, server);
      const own = line('server', server, rate, { type: server.server_type?.name });
      if (!server.backup_window) return [own];
      const backup = rate && percentOf(rate, server_backup.percentage);
      return [own, line('backup', server, backup, { type: server.server_type?.name })];
    }),
    ...inventory.primaryIps.map(ip =>
      line('primary-ip', ip, addressRate(primary_ips, ip.type, ip.location?.name), { type: ip.type }),
    ),
    ...inventory.floatingIps.map(ip => {
      const location = ip.home_location?.name;
      return line('floating-ip', ip, addressRate(floating_ips, ip.type, location), { type: ip.type, location });
    }),
    ...inventory.volumes.map(one =>
      line('volume', one, sizeRate(volume.price_per_gb_month, one.size), { type: `${one.size} GB` }),
    ),
    ...inventory.snapshots.map(one => {
      const type = one.image_size === null ? '' : `${one.image_size} GB`;
      return line('snapshot', one, sizeRate(image.price_per_gb_month, one.image_size), { type });
    }),
    ...inventory.loadBalancers.map(one =>
      line('load-balancer', one, loadBalancerRate(pricing, one), { type: one.load_balancer_type?.name }),
    ),
  ];
}
