import type { LocationPrice, Price } from '../../core/hetzner/types.ts';

/** VAT in percent, as the price list says it. */
export const vatRate = '19.00';

const terabyte = 1024 ** 4;

/** How dear a place is compared with Germany. */
const factors: Record<string, number> = { fsn1: 1, nbg1: 1, hel1: 1, ash: 1.08, hil: 1.08, sin: 1.35 };

/** Traffic included in a month in terabytes; places overseas have less. */
const includedTerabytes: Record<string, number> = { ash: 1, hil: 1, sin: 0.5 };

/** A net sum in euros as decimal strings without and with VAT. */
export function price(net: number): Price {
  return { net: net.toFixed(10), gross: (net * 1.19).toFixed(10) };
}

/** What costs `monthly` euros in Germany, at one place. */
export function monthlyAt(location: string, monthly: number): Price {
  return price(monthly * (factors[location] ?? 1));
}

/** The same by the hour; a month is capped at 625 hours. */
export function hourlyAt(location: string, monthly: number): Price {
  return price((monthly * (factors[location] ?? 1)) / 625);
}

/** The price of a type that costs `monthly` euros in Germany, at each of the places. */
export function pricesAt(locations: readonly string[], monthly: number): LocationPrice[] {
  return locations.map(location => ({
    location,
    price_hourly: hourlyAt(location, monthly),
    price_monthly: monthlyAt(location, monthly),
    included_traffic: (includedTerabytes[location] ?? 20) * terabyte,
    price_per_tb_traffic: price(location === 'sin' ? 7.4 : 1),
  }));
}
