import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { billFor } from '../../../src/commands/server/create-price.ts';
import { dearestOf, priceOf, times } from '../../../src/core/server-create/price.ts';
import { item, makePrice, makeType, makeWish, pricing } from './things.ts';

const type = makeType('cx23', { fsn1: true, nbg1: true });

describe('the price of a server', () => {
  test('is the sum of its parts, and of all servers', () => {
    const cents = fc.integer({ min: 1, max: 1_000_000 }).map(value => value / 100);
    fc.assert(
      fc.property(
        cents,
        fc.boolean(),
        fc.constantFrom(true, false, item(5)),
        fc.integer({ min: 1, max: 50 }),
        (monthly, backup, ipv4, count) => {
          const attempt = { type: { ...type, prices: [makePrice('fsn1', monthly)] }, location: 'fsn1' };
          const price = priceOf(attempt, { backup, ipv4 }, pricing)!;
          const expected = monthly * (backup ? 1.2 : 1) + (ipv4 === true ? 0.5 : 0);
          expect(price.monthly).toBeCloseTo(expected, 6);
          expect(price.gross).toBeCloseTo(expected * 1.19, 6);
          expect(price.parts.reduce((sum, part) => sum + part.monthly, 0)).toBeCloseTo(price.monthly, 6);
          expect(price.parts.map(({ name }) => name)).toEqual([
            'server cx23 in fsn1',
            ...(backup ? ['backups'] : []),
            ...(ipv4 === true ? ['IPv4'] : []),
          ]);
          const all = times(price, count);
          expect(all.monthly).toBeCloseTo(expected * count, 4);
          expect(all.parts.reduce((sum, part) => sum + part.hourly, 0)).toBeCloseTo(all.hourly, 6);
        },
      ),
    );
  });

  test('is the dearest place with stock where Hetzner chooses', () => {
    const wish = makeWish({ ipv4: false });
    expect(priceOf({ type }, wish, pricing)).toMatchObject({ monthly: 5, most: true });
    const left = makeType('cx23', { fsn1: true, nbg1: false });
    expect(priceOf({ type: left }, wish, pricing)).toMatchObject({ monthly: 4, most: false });
    const none = makeType('cx23', { fsn1: false, nbg1: false });
    expect(priceOf({ type: none }, wish, pricing)!.monthly).toBe(5);
  });

  test('is not known where the list has none', () => {
    expect(priceOf({ type, location: 'ash' }, makeWish(), pricing)).toBeUndefined();
    expect(dearestOf([])).toBeUndefined();
    expect(billFor(1, [{ type, location: 'ash' }], makeWish(), pricing).sum).toBe('a price that is not known');
  });

  test('has no part for an address that the list does not know', () => {
    const price = priceOf({ type, location: 'fsn1' }, makeWish(), { ...pricing, primary_ips: [] })!;
    expect(price.parts).toHaveLength(1);
  });

  test('is told as at most what it can come to', () => {
    const bill = billFor(1, [{ type }], makeWish({ ipv4: false }), pricing);
    expect(bill.line).toMatch(
      /^Price: at most 5.00 EUR a month, 0.0080 EUR an hour, without VAT \(5.95 a month with VAT\)/,
    );
    expect(bill.sum).toBe('up to 5.00 EUR a month without VAT');
    const second = billFor(
      1,
      [
        { type, location: 'ash' },
        { type, location: 'fsn1' },
      ],
      makeWish({ ipv4: false }),
      pricing,
    );
    expect(second.line).toContain('4.00 EUR a month');
  });
});
