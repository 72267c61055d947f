import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addSums,
  exactMoney,
  exactSum,
  lowerSum,
  multiplySum,
  parseMoney,
  parseSum,
  roundMoney,
  zero,
} from '../../../src/core/cost/money.ts';

const unit = 10n ** 20n;
const decimals = fc
  .tuple(fc.bigInt({ min: 0n, max: 10n ** 8n }), fc.bigInt({ min: 0n, max: 10n ** 16n - 1n }))
  .map(([whole, fraction]) => ({
    text: `${whole}.${String(fraction).padStart(16, '0')}`,
    units: whole * unit + fraction * 10n ** 4n,
  }));
const both = (text: string) => parseSum({ net: text, gross: text });

describe('money', () => {
  it('holds every price of sixteen decimals exactly', () => {
    fc.assert(fc.property(decimals, ({ text, units }) => parseMoney(text) === units));
  });

  it('is written so that reading it again gives the same', () => {
    fc.assert(fc.property(decimals, ({ units }) => parseMoney(exactMoney(units)) === units));
  });

  it('sums without a rounding error, in any order', () => {
    fc.assert(
      fc.property(fc.array(decimals), prices => {
        const sum = addSums(prices.map(({ text }) => both(text)));
        expect(sum.net).toBe(prices.reduce((total, { units }) => total + units, 0n));
        expect(addSums([...prices].reverse().map(({ text }) => both(text)))).toEqual(sum);
      }),
    );
  });

  it('multiplies by gigabytes exactly, where floating point would not', () => {
    expect(exactSum(multiplySum(both('0.0110000000'), 0.1))).toEqual({ net: '0.0011', gross: '0.0011' });
    expect(exactMoney(multiplySum(both('0.1'), 3).net)).toBe('0.30');
    expect(exactMoney(multiplySum(both('2'), '1e-3').net)).toBe('0.002');
    expect(exactMoney(multiplySum(both('2'), '1e+3').net)).toBe('2000.00');
  });

  it('takes a share that is off by less than 10^-20', () => {
    fc.assert(
      fc.property(decimals, fc.integer({ min: 1, max: 1e9 }), ({ text, units }, parts) => {
        const share = multiplySum(both(text), 1, parts).net;
        const error = share * BigInt(parts) - units;
        expect(error < 0n ? -error : error).toBeLessThanOrEqual(BigInt(parts) / 2n + 1n);
      }),
    );
  });

  it('rounds half a cent up, away from zero', () => {
    expect(roundMoney(parseMoney('0.005'))).toBe('0.01');
    expect(roundMoney(parseMoney('0.00499'))).toBe('0.00');
    expect(roundMoney(parseMoney('1234.565'))).toBe('1234.57');
    expect(roundMoney(parseMoney('-0.005'))).toBe('-0.01');
  });

  it('keeps two decimals and drops only needless zeros', () => {
    expect(exactMoney(parseMoney('4.5000000000'))).toBe('4.50');
    expect(exactMoney(parseMoney('4'))).toBe('4.00');
    expect(exactMoney(parseMoney('0.0132'))).toBe('0.0132');
    expect(exactSum(zero)).toEqual({ net: '0.00', gross: '0.00' });
  });

  it('chooses the lower of two sums by what is paid', () => {
    expect(lowerSum(both('1'), both('2'))).toEqual(both('1'));
    expect(lowerSum(both('3'), both('2'))).toEqual(both('2'));
  });

  it('refuses what is not a decimal', () => {
    expect(() => parseMoney('free')).toThrow(RangeError);
  });
});
