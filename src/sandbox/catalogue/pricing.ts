import type { Pricing, ServerType } from '../../core/hetzner/types.ts';
import { locations } from './locations.ts';
import { hourlyAt, monthlyAt, price, vatRate } from './prices.ts';

const names = locations.map(location => location.name);

/** The price list for the given server types: sandbox prices, plausible and nothing more. */
export function createPricing(serverTypes: Iterable<ServerType>): Pricing {
  return {
    currency: 'EUR',
    vat_rate: vatRate,
    image: { price_per_gb_month: price(0.011) },
    volume: { price_per_gb_month: price(0.044) },
    server_backup: { percentage: '20.0000000000' },
    server_types: [...serverTypes].map(({ id, name, prices }) => ({ id, name, prices })),
    load_balancer_types: [],
    primary_ips: [
      { type: 'ipv4', prices: names.map(location => primary(location, 0.5)) },
      { type: 'ipv6', prices: names.map(location => primary(location, 0)) },
    ],
    floating_ips: [
      { type: 'ipv4', prices: names.map(location => ({ location, price_monthly: monthlyAt(location, 3) })) },
      { type: 'ipv6', prices: names.map(location => ({ location, price_monthly: monthlyAt(location, 1) })) },
    ],
    floating_ip: { price_monthly: price(3) },
  };
}

function primary(location: string, monthly: number) {
  return { location, price_hourly: hourlyAt(location, monthly), price_monthly: monthlyAt(location, monthly) };
}
