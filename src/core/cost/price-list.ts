import type { LocationPrice, Price, Pricing } from '../hetzner/types.ts';
import { exactMoney, parseMoney, parseSum } from './money.ts';

/** One price of Hetzner's list: decimals as text without needless zeros; null where there is none. */
export interface PriceRow {
  readonly resource:
    | 'server'
    | 'load-balancer'
    | 'primary-ip'
    | 'floating-ip'
    | 'volume'
    | 'image'
    | 'backup'
    | 'traffic';
  readonly type: string;
  /** Null where the price is the same everywhere. */
  readonly location: string | null;
  readonly hourly_net: string | null;
  readonly hourly_gross: string | null;
  readonly monthly_net: string | null;
  readonly monthly_gross: string | null;
  /** What the price is for: `each`, `GB`, `TB`, or `% of the server`. */
  readonly per: string;
  readonly currency: string;
}

/** Every price there is, a row each; traffic beyond what is included has rows of its own. */
export function priceRows(pricing: Pricing): PriceRow[] {
  const { currency, image, volume, server_backup, primary_ips, floating_ips } = pricing;
  const row = (resource: PriceRow['resource'], type: string, price: Partial<Placed>, per = 'each'): PriceRow => ({
    ...{ resource, type, location: price.location ?? null },
    ...{ hourly_net: spell(price.price_hourly, 'net'), hourly_gross: spell(price.price_hourly, 'gross') },
    ...{ monthly_net: spell(price.price_monthly, 'net'), monthly_gross: spell(price.price_monthly, 'gross') },
    ...{ per, currency },
  });
  const typed = (resource: 'server' | 'load-balancer', types: Pricing['server_types']) =>
    types.flatMap(({ name, prices }) => prices.map(price => row(resource, name, price)));
  const addresses = (resource: 'primary-ip' | 'floating-ip', list: readonly Typed[]) =>
    list.flatMap(({ type, prices }) => prices.map(price => row(resource, type, price)));
  const { percentage } = server_backup;
  return [
    ...typed('server', pricing.server_types),
    ...typed('load-balancer', pricing.load_balancer_types),
    ...addresses('primary-ip', primary_ips),
    ...addresses('floating-ip', floating_ips),
    row('volume', 'volume', { price_monthly: volume.price_per_gb_month }, 'GB'),
    row('image', 'snapshot', { price_monthly: image.price_per_gb_month }, 'GB'),
    {
      ...row('backup', 'server', {}, '% of the server'),
      monthly_net: trimmed(percentage),
      monthly_gross: trimmed(percentage),
    },
    ...trafficRows(pricing).map(({ type, price }) =>
      row('traffic', type, { location: price.location, price_monthly: price.price_per_tb_traffic }, 'TB'),
    ),
  ];
}

type Placed = Pick<LocationPrice, 'location'> & { readonly price_monthly: Price; readonly price_hourly?: Price };
type Typed = { readonly type: string; readonly prices: readonly Placed[] };

function trafficRows(pricing: Pricing): { type: string; price: LocationPrice }[] {
  const types = [...pricing.server_types, ...pricing.load_balancer_types];
  return types.flatMap(({ name, prices }) =>
    prices.filter(price => price.price_per_tb_traffic).map(price => ({ type: name, price })),
  );
}

function spell(price: Price | undefined, side: 'net' | 'gross'): string | null {
  return price ? exactMoney(parseSum(price)[side]) : null;
}

function trimmed(decimal: string): string {
  return exactMoney(parseMoney(decimal)).replace(/\.00$/, '');
}
