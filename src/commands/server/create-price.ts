import type { Pricing } from '../../core/hetzner/types.ts';
import { dearestOf, type Price, priceOf, times } from '../../core/server-create/price.ts';
import type { Attempt, Wish } from '../../core/server-create/wish.ts';

/** What is about to be spent: for people, in one line, and the most that it can come to. */
export interface Bill {
  readonly line: string;
  /** `4.99 EUR a month`, `up to` where it depends on what is in stock. */
  readonly sum: string;
}

/** The bill for `count` servers, of which each costs what the first attempt that finds stock costs. */
export function billFor(count: number, attempts: readonly Attempt[], wish: Wish, pricing: Pricing): Bill {
  const prices = attempts.map(attempt => priceOf(attempt, wish, pricing)).map(price => price && times(price, count));
  const known = prices.filter(price => price !== undefined);
  const dearest = dearestOf(known);
  const [first = dearest] = prices;
  if (!first || !dearest) return { line: 'Price: not in the price list', sum: 'a price that is not known' };
  const open = first.most || known.some(({ monthly }) => monthly !== dearest.monthly);
  const line = [
    `Price${count > 1 ? ` of ${count} servers` : ''}: ${describe(first)}`,
    ...(dearest.monthly > first.monthly ? [`at most ${monthly(dearest)} with what else is tried`] : []),
  ].join('; ');
  return { line, sum: `${open ? 'up to ' : ''}${monthly(dearest)} without VAT` };
}

function describe(price: Price): string {
  const parts = price.parts.map(({ name, monthly }) => `${name} ${monthly.toFixed(2)}`).join(', ');
  const hour = `${price.hourly.toFixed(4)} ${price.currency} an hour`;
  const most = price.most ? 'at most ' : '';
  return `${most}${monthly(price)}, ${hour}, without VAT (${price.gross.toFixed(2)} a month with VAT): ${parts}`;
}

function monthly(price: Price): string {
  return `${price.monthly.toFixed(2)} ${price.currency} a month`;
}
