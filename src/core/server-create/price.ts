import type { Price as Decimal, LocationPrice, Pricing } from '../hetzner/types.ts';
import type { Attempt, Wish } from './wish.ts';

/** Sums in the currency of the price list, without VAT. */
export interface Sums {
  readonly monthly: number;
  readonly hourly: number;
}

/** What one server costs; a month is capped, so it is less than 730 times the hour. */
export interface Price extends Sums {
  readonly currency: string;
  /** The month with VAT. */
  readonly gross: number;
  readonly parts: readonly (Sums & { readonly name: string })[];
  /** The place is Hetzner's choice and this is the dearest. */
  readonly most: boolean;
}

type Wanted = Pick<Wish, 'backup' | 'ipv4'>;

/** The price of one server with its backups and its own IPv4 address; undefined where the list has none. */
export function priceOf(attempt: Attempt, wish: Wanted, pricing: Pricing): Price | undefined {
  const prices = candidates(attempt).map(place => priceAt(attempt, place, wish, pricing));
  const dearest = dearestOf(prices);
  return dearest && { ...dearest, most: prices.some(({ monthly }) => monthly < dearest.monthly) };
}

/** The dearest of several prices; undefined of none. */
export function dearestOf(prices: readonly Price[]): Price | undefined {
  return prices.reduce<Price | undefined>(
    (most, price) => (most && most.monthly >= price.monthly ? most : price),
    undefined,
  );
}

/** The sum for `count` servers of the same price. */
export function times(price: Price, count: number): Price {
  const scale = <T extends Sums>(sums: T): T => ({
    ...sums,
    monthly: sums.monthly * count,
    hourly: sums.hourly * count,
  });
  return { ...scale(price), gross: price.gross * count, parts: price.parts.map(scale) };
}

function candidates({ type, location }: Attempt): LocationPrice[] {
  if (location !== undefined) return type.prices.filter(price => price.location === location);
  // Hetzner puts it where there is room.
  const sold = new Set(type.locations?.filter(({ available }) => available === false).map(({ name }) => name));
  const open = type.prices.filter(price => !sold.has(price.location));
  return open.length > 0 ? open : type.prices;
}

function priceAt({ type }: Attempt, place: LocationPrice, wish: Wanted, pricing: Pricing): Price {
  const server = sumsOf(place);
  const parts = [{ name: `server ${type.name} in ${place.location}`, ...server }];
  let gross = Number(place.price_monthly.gross);
  if (wish.backup) {
    const share = Number(pricing.server_backup.percentage) / 100;
    parts.push({ name: 'backups', monthly: server.monthly * share, hourly: server.hourly * share });
    gross *= 1 + share;
  }
  const ipv4 = wish.ipv4 === true ? addressPrice(pricing, place.location) : undefined;
  if (ipv4) {
    parts.push({ name: 'IPv4', ...sumsOf(ipv4) });
    gross += Number(ipv4.price_monthly.gross);
  }
  const total = (key: keyof Sums) => parts.reduce((sum, part) => sum + part[key], 0);
  return { currency: pricing.currency, parts, monthly: total('monthly'), hourly: total('hourly'), gross, most: false };
}

function addressPrice(pricing: Pricing, location: string) {
  const addresses = pricing.primary_ips.find(({ type }) => type === 'ipv4');
  return addresses?.prices.find(price => price.location === location);
}

function sumsOf(price: { readonly price_monthly: Decimal; readonly price_hourly: Decimal }): Sums {
  return { monthly: Number(price.price_monthly.net), hourly: Number(price.price_hourly.net) };
}
