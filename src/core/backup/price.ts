import { addSums, exactSum, multiplySum, parseSum, type Sum } from '../cost/money.ts';
import type { Price } from '../hetzner/types.ts';

/** What images cost a month in the account's currency, exact decimals. */
export interface Monthly {
  readonly net: string;
  readonly gross: string;
}

/** What an image costs a month at that price for a gigabyte; null while the price or the size is not known. */
export function imagePrice(perGigabyte: Price | null, size: number | null): Monthly | null {
  const sum = sumOf(perGigabyte, size);
  return sum && exactSum(sum);
}

/** What images of those sizes cost together a month; those of unknown size are not in it. */
export function imagesPrice(perGigabyte: Price | null, sizes: readonly (number | null)[]): Monthly | null {
  if (!perGigabyte) return null;
  return exactSum(addSums(sizes.flatMap(size => sumOf(perGigabyte, size) ?? [])));
}

/** True when one more image as large as the largest would make them cost more (gross) than the most allowed. */
export function exceedsCost(perGigabyte: Price | null, sizes: readonly (number | null)[], most: number): boolean {
  const known = sizes.filter(size => size !== null);
  const together = imagesPrice(perGigabyte, [...known, Math.max(0, ...known)]);
  return together !== null && Number(together.gross) > most;
}

function sumOf(perGigabyte: Price | null, size: number | null): Sum | null {
  return perGigabyte && size !== null ? multiplySum(parseSum(perGigabyte), size) : null;
}
