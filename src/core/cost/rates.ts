import type { LocationPrice, Price, Pricing } from '../hetzner/types.ts';
import type { Item } from '../resource.ts';
import { lowerSum, multiplySum, parseSum, type Sum } from './money.ts';

/** What something costs: by the hour, never more than by the month, where there is an hourly price. */
export interface Rate {
  readonly monthly: Sum;
  readonly hourly?: Sum;
}

/** A calendar month in UTC, milliseconds. */
export interface Month {
  readonly start: number;
  readonly end: number;
}

const hour = 3_600_000;

/** The calendar month that the time (ms, UTC) lies in. */
export function monthOf(now: number): Month {
  const date = new Date(now);
  const [year, month] = [date.getUTCFullYear(), date.getUTCMonth()];
  return { start: Date.UTC(year, month), end: Date.UTC(year, month + 1) };
}

/** What is due for something made at `created` that stays: for a whole month, or to the end of the given one. */
export function charge(rate: Rate, created: number, month: Month | undefined): Sum {
  if (!month || !(created > month.start)) return rate.monthly;
  const left = Math.max(0, month.end - created);
  if (!rate.hourly) return multiplySum(rate.monthly, left, month.end - month.start);
  return lowerSum(multiplySum(rate.hourly, Math.ceil(left / hour)), rate.monthly);
}

/** The rate of a server's type where it stands; older types are priced by the server itself; undefined when no price is known. */
export function serverRate(pricing: Pricing, server: Item): Rate | undefined {
  return typeRate(pricing.server_types, server.server_type, server.location?.name);
}

/** The rate of a load balancer's type where it stands. */
export function loadBalancerRate(pricing: Pricing, balancer: Item): Rate | undefined {
  return typeRate(pricing.load_balancer_types, balancer.load_balancer_type, balancer.location?.name);
}

/** The rate of a primary or floating IP by its type and location. */
export function addressRate(
  prices: readonly { readonly type: string; readonly prices: readonly Placed[] }[],
  type: string,
  location: string | undefined,
): Rate | undefined {
  return rateOf(prices.find(price => price.type === type)?.prices, location);
}

/** The rate of some gigabytes at a price for one; undefined while the size is not known. */
export function sizeRate(perGigabyte: Price, gigabytes: number | null | undefined): Rate | undefined {
  if (gigabytes === null || gigabytes === undefined) return undefined;
  return { monthly: multiplySum(parseSum(perGigabyte), gigabytes) };
}

/** That many percent of a rate. */
export function percentOf(rate: Rate, percent: string): Rate {
  return {
    monthly: multiplySum(rate.monthly, percent, 100),
    hourly: rate.hourly && multiplySum(rate.hourly, percent, 100),
  };
}

/** The price of a terabyte beyond what is included, undefined when unknown. */
export function trafficPrice(
  types: readonly Priced[],
  type: Partial<Priced> | undefined,
  location: string | undefined,
): Sum | undefined {
  const placed = placedPrice(pricesOf(types, type), location);
  return placed && 'price_per_tb_traffic' in placed ? parseSum(placed.price_per_tb_traffic) : undefined;
}

type Placed = { readonly location: string; readonly price_monthly: Price; readonly price_hourly?: Price };
type Priced = { readonly name: string; readonly prices: readonly LocationPrice[] };

function typeRate(
  types: readonly Priced[],
  type: Partial<Priced> | undefined,
  location: string | undefined,
): Rate | undefined {
  return rateOf(pricesOf(types, type), location);
}

function pricesOf(types: readonly Priced[], type: Partial<Priced> | undefined): readonly LocationPrice[] | undefined {
  return types.find(({ name }) => name === type?.name)?.prices ?? type?.prices;
}

function placedPrice<P extends Placed>(prices: readonly P[] | undefined, location: string | undefined): P | undefined {
  return prices?.find(price => price.location === location);
}

function rateOf(prices: readonly Placed[] | undefined, location: string | undefined): Rate | undefined {
  const placed = placedPrice(prices, location);
  if (!placed) return undefined;
  const { price_monthly, price_hourly } = placed;
  return { monthly: parseSum(price_monthly), hourly: price_hourly && parseSum(price_hourly) };
}
