import { describe, expect, it } from 'vitest';
import { priceRows } from '../../../src/core/cost/price-list.ts';
import { pricing } from './inventory.ts';

describe('the price list', () => {
  const rows = priceRows(pricing);

  it('has a row for each type at each location, without needless zeros', () => {
    expect(rows.find(({ resource }) => resource === 'server')).toEqual({
      resource: 'server',
      type: 'cx23',
      location: 'fsn1',
      hourly_net: '0.008',
      hourly_gross: '0.008',
      monthly_net: '4.00',
      monthly_gross: '4.76',
      per: 'each',
      currency: 'EUR',
    });
    expect(rows.find(({ resource }) => resource === 'floating-ip')).toMatchObject({
      hourly_net: null,
      monthly_gross: '3.57',
    });
  });

  it('says what a price is for where it is not one thing', () => {
    const told = rows.map(({ resource, location, monthly_net, per }) => [resource, location, monthly_net, per]);
    expect(told).toContainEqual(['volume', null, '0.044', 'GB']);
    expect(told).toContainEqual(['image', null, '0.011', 'GB']);
    expect(told).toContainEqual(['backup', null, '20', '% of the server']);
    expect(told.filter(([resource]) => resource === 'traffic')).toEqual([
      ['traffic', 'fsn1', '1.00', 'TB'],
      ['traffic', 'fsn1', '1.00', 'TB'],
    ]);
  });
});
