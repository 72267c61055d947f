import type { Inventory } from '../../../src/core/cost/lines.ts';
import type { Pricing } from '../../../src/core/hetzner/types.ts';

const price = (net: string, gross: string) => ({ net, gross });
const placed = (location: string, monthly: string, gross: string, hourly = '0.0080000000') => ({
  location,
  price_hourly: price(hourly, hourly),
  price_monthly: price(monthly, gross),
  included_traffic: 20 * 1024 ** 4,
  price_per_tb_traffic: price('1.0000000000', '1.1900000000000000'),
});

/** Prices that are easy to reckon with. */
export const pricing: Pricing = {
  currency: 'EUR',
  vat_rate: '19.00',
  image: { price_per_gb_month: price('0.0110000000', '0.0130900000000000') },
  volume: { price_per_gb_month: price('0.0440000000', '0.0523600000000000') },
  server_backup: { percentage: '20.0000000000' },
  server_types: [{ id: 1, name: 'cx23', prices: [placed('fsn1', '4.0000000000', '4.7600000000000000')] }],
  load_balancer_types: [{ id: 1, name: 'lb11', prices: [placed('fsn1', '5.0000000000', '5.9500000000000000')] }],
  primary_ips: [
    { type: 'ipv4', prices: [placed('fsn1', '0.5000000000', '0.5950000000000000', '0.0008000000')] },
    { type: 'ipv6', prices: [placed('fsn1', '0.0000000000', '0.0000000000000000', '0.0000000000')] },
  ],
  floating_ips: [{ type: 'ipv4', prices: [{ location: 'fsn1', price_monthly: price('3.0000000000', '3.57') }] }],
};

/** Noon on the sixteenth of a month of thirty days. */
export const now = Date.parse('2026-11-16T12:00:00Z');

const fsn1 = { name: 'fsn1' };
const old = '2026-01-01T00:00:00Z';

/** A server of the type cx23; `more` replaces fields. */
export const server = (id: number, more: object = {}) => ({
  id,
  name: `web-${id}`,
  status: 'running',
  created: old,
  server_type: { name: 'cx23', prices: [] },
  location: fsn1,
  backup_window: null,
  labels: { team: 'a' },
  outgoing_traffic: 0,
  included_traffic: 20 * 1024 ** 4,
  ...more,
});

/** A volume of 100 GB. */
export const volume = (id: number, more: object = {}) => ({
  ...{ id, name: `data-${id}`, server: null, size: 100, location: fsn1, labels: {}, created: old },
  ...more,
});

/** A snapshot of 2.5 GB, a day old. */
export const snapshot = (id: number, more: object = {}) => ({
  ...{ id, name: null, description: `snap-${id}`, image_size: 2.5, labels: {}, created: '2026-11-15T12:00:00Z' },
  created_from: { id: 1, name: 'web-1' },
  ...more,
});

/** A primary IPv4, assigned to server 1. */
export const primaryIp = (id: number, more: object = {}) => ({
  ...{ id, name: `ip-${id}`, type: 'ipv4', assignee_id: 1, location: fsn1, labels: {}, created: old },
  ...more,
});

/** An inventory of these parts alone. */
export function inventory(parts: Partial<Inventory>): Inventory {
  return { servers: [], volumes: [], primaryIps: [], floatingIps: [], snapshots: [], loadBalancers: [], ...parts };
}
