import type { Image, LocationPrice, Pricing, Server, ServerType } from '../../../src/core/hetzner/types.ts';
import type { Item } from '../../../src/core/resource.ts';
import type { Wish } from '../../../src/core/server-create/wish.ts';

const price = (net: number) => ({ net: String(net), gross: String(net * 1.19) });

export function makePrice(location: string, monthly: number): LocationPrice {
  return {
    location,
    price_monthly: price(monthly),
    price_hourly: price(monthly / 625),
    included_traffic: 0,
    price_per_tb_traffic: price(1),
  };
}

/** A type offered at the locations: true where it is in stock; the first costs 4 a month, each further one 1 more. */
export function makeType(name: string, stock: Readonly<Record<string, boolean>> = { fsn1: true }): ServerType {
  return {
    id: name.length * 1000 + name.charCodeAt(name.length - 1),
    name,
    description: name,
    cores: 2,
    memory: 4,
    disk: 40,
    prices: Object.keys(stock).map((location, index) => makePrice(location, 4 + index)),
    storage_type: 'local',
    cpu_type: 'shared',
    architecture: 'x86',
    locations: Object.entries(stock).map(([location, available], index) => ({
      id: index + 1,
      name: location,
      deprecation: null,
      recommended: true,
      available,
    })),
  };
}

export const pricing: Pricing = {
  currency: 'EUR',
  vat_rate: '19',
  image: { price_per_gb_month: price(0.01) },
  volume: { price_per_gb_month: price(0.04) },
  server_backup: { percentage: '20.00' },
  server_types: [],
  load_balancer_types: [],
  primary_ips: [{ type: 'ipv4', prices: [makePrice('fsn1', 0.5), makePrice('nbg1', 0.5)] }],
  floating_ips: [],
};

export const image = { id: 7, name: 'debian-13', architecture: 'x86', deprecated: null } as Image;

export function makeWish(more: Partial<Wish> = {}): Wish {
  return {
    types: [makeType('cx23')],
    locations: [],
    images: { x86: image },
    sshKeys: [],
    firewalls: [],
    networks: [],
    volumes: [],
    ipv4: true,
    ipv6: true,
    labels: {},
    start: true,
    backup: false,
    protect: false,
    ...more,
  };
}

export function makeServer(more: Partial<Server> = {}): Server {
  return {
    id: 42,
    name: 'web-1',
    status: 'running',
    server_type: makeType('cx23'),
    image,
    location: { id: 1, name: 'fsn1' },
    public_net: {
      ipv4: { id: 1, ip: '192.0.2.1' },
      ipv6: { id: 2, ip: '2001:db8::/64' },
      floating_ips: [],
      firewalls: [],
    },
    private_net: [],
    labels: {},
    volumes: [],
    protection: { delete: false, rebuild: false },
    backup_window: null,
    placement_group: null,
    locked: false,
    ...more,
  } as Server;
}

export const item = (id: number, name = `item-${id}`, more: object = {}): Item => ({ id, name, ...more });
