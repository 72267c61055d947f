/** A sum in units of 10^-20 of the currency: exact for every price that the API has. */
export type Money = bigint;

/** A sum without and with VAT. */
export interface Sum {
  readonly net: Money;
  readonly gross: Money;
}

const places = 20;

/** Nothing. */
export const zero: Sum = { net: 0n, gross: 0n };

/** The sum that a price of the API, two decimal strings, means. */
export function parseSum(price: { readonly net: string; readonly gross: string }): Sum {
  return { net: parseMoney(price.net), gross: parseMoney(price.gross) };
}

/** The money in a decimal such as `4.5100000000`; half a unit beyond the 20th decimal is rounded up. */
export function parseMoney(decimal: string): Money {
  const { numerator, denominator } = parseDecimal(decimal);
  return divide(numerator * 10n ** BigInt(places), denominator);
}

/** The sums together. */
export function addSums(sums: Iterable<Sum>): Sum {
  let [net, gross] = [0n, 0n];
  for (const sum of sums) {
    net += sum.net;
    gross += sum.gross;
  }
  return { net, gross };
}

/** The sum times a decimal such as a number of gigabytes, over `of` where a share is meant; rounded to 10^-20. */
export function multiplySum(sum: Sum, times: number | string, of: number | string = 1): Sum {
  const [above, below] = [parseDecimal(String(times)), parseDecimal(String(of))];
  const numerator = above.numerator * below.denominator;
  const denominator = above.denominator * below.numerator;
  return { net: divide(sum.net * numerator, denominator), gross: divide(sum.gross * numerator, denominator) };
}

/** The lower of two sums, by what is paid in the end. */
export function lowerSum(one: Sum, other: Sum): Sum {
  return one.gross <= other.gross ? one : other;
}

/** The money in cents, half a cent rounded up: `4.51`. */
export function roundMoney(money: Money): string {
  return write(divide(money, 10n ** BigInt(places - 2)), 2);
}

/** The money to its last decimal, two at least: `4.51`, `0.0132`. */
export function exactMoney(money: Money): string {
  return write(money, places).replace(/(\.\d\d\d*?)0+$/, '$1');
}

/** Both exact, as JSON and CSV have them. */
export function exactSum(sum: Sum): { net: string; gross: string } {
  return { net: exactMoney(sum.net), gross: exactMoney(sum.gross) };
}

function write(units: bigint, decimals: number): string {
  const digits = String(units < 0n ? -units : units).padStart(decimals + 1, '0');
  return `${units < 0n ? '-' : ''}${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`;
}

function parseDecimal(text: string): { numerator: bigint; denominator: bigint } {
  const match = /^(-?)(\d+)(?:\.(\d*))?(?:e([+-]\d+))?$/i.exec(text.trim());
  if (!match) throw new RangeError(`'${text}' is not a decimal`);
  const [, sign, whole, fraction = '', exponent = '0'] = match;
  const digits = BigInt(`${sign}${whole}${fraction}`);
  const power = fraction.length - Number(exponent);
  return power >= 0
    ? { numerator: digits, denominator: 10n ** BigInt(power) }
    : { numerator: digits * 10n ** BigInt(-power), denominator: 1n };
}

function divide(numerator: bigint, denominator: bigint): bigint {
  const [above, below] = denominator < 0n ? [-numerator, -denominator] : [numerator, denominator];
  const twice = above < 0n ? 2n * -above + below : 2n * above + below;
  const rounded = twice / (2n * below);
  return above < 0n ? -rounded : rounded;
}
