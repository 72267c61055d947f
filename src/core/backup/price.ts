import { addSums, exactSum, multiplySum, parseSum, type Sum } from '../cost/money.ts';
import type { Price } from '../hetzner/types.ts';

/** What images cost a month in the account's currency, exact decimals. */
export interface Monthly {
  readonly net: string;
  readonly gross: string;
}

/** Tells what an image of that many gigabytes costs a month, at that price for one; null while the price or the size is not known. */
export function pricer(perGigabyte: Price | null): (size: number | null) => Monthly | null {
  const sumOf = summer(perGigabyte);
  return size => {
    const sum = sumOf(size);
    return sum && exactSum(sum);
  };
}

/** What images of those sizes cost together a month; those of unknown size are not in it. */
export function imagesPrice(perGigabyte: Price | null, sizes: readonly (number | null)[]): Monthly | null {
  if (!perGigabyte) return null;
  const sumOf = summer(perGigabyte);
  return exactSum(addSums(sizes.flatMap(size => sumOf(size) ?? [])));
}

function summer(perGigabyte: Price | null): (size: number | null) => Sum | null {
  const one = perGigabyte && parseSum(perGigabyte);
  return size => (one && size !== null ? multiplySum(one, size) : null);
}
