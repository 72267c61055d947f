import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { operations } from '../../../src/core/access/operations.ts';
import type { Pricing } from '../../../src/core/hetzner/types.ts';
import type { Item } from '../../../src/core/resource.ts';
import { quotaTypes } from '../../../src/core/resources/quota.ts';
import {
  exceeded,
  limitsOf,
  type Owned,
  type Reservation,
  standing,
  usageOf,
} from '../../../src/daemon/gateway/quotas/usage.ts';
import { wantedOf } from '../../../src/daemon/gateway/quotas/wanted.ts';

const now = 1_000_000;
const types = ['volumes', 'volume_gb'] as const;
const size = fc.integer({ min: 1, max: 100 });
const volume = (id: number, size: number, request?: string): Owned => ({
  ...{ project: 1, type: 'volumes' },
  item: { id, size, labels: request === undefined ? {} : { 'cloudctl/request': request } },
});
const making = (request: string, size: number, more: Partial<Reservation> = {}): Reservation => ({
  ...{ project: 1, request, wanted: [{ type: 'volumes', item: { size } }], until: now + 1 },
  ...more,
});
const growing = (id: number, size: number): Reservation => ({
  ...{ project: 1, request: null, wanted: [{ type: 'volumes', id, item: { size } }], until: now + 1 },
});
const volumes = fc.array(size).map(sizes => sizes.map((one, index) => volume(index + 1, one)));
const use = (owned: readonly Owned[], reserved: readonly Reservation[]) => usageOf(types, owned, reserved);

describe('what an owner has of a quota', () => {
  it('is what is there and what is being made, each once, whether or not it shows yet', () => {
    fc.assert(
      fc.property(volumes, fc.array(size, { maxLength: 5 }), fc.integer({ min: 0, max: 5 }), (owned, sizes, shown) => {
        const open = { state: 'open', updated: now } as const;
        const reserved = sizes.map((one, index) => making(`r${index}`, one, { intent: open }));
        const visible = sizes.slice(0, shown).map((one, index) => volume(1000 + index, one, `r${index}`));
        const seen = [...owned, ...visible];
        for (const at of [undefined, now]) {
          const used = use(seen, standing(reserved, seen, now, at));
          expect(used.get('volumes')).toBe(owned.length + sizes.length);
          const all = [...owned.map(({ item }) => item.size as number), ...sizes];
          expect(used.get('volume_gb')).toBe(all.reduce((sum, one) => sum + one, 0));
        }
      }),
    );
  });

  it('has what was tried again with the same label once', () => {
    const again = [making('r', 5), making('r', 7), growing(1, 3), growing(1, 4)];
    expect(standing(again, [], now, now)).toEqual(again.slice(1));
  });

  it('grows with nothing that is made smaller, and with what becomes bigger by the difference', () => {
    fc.assert(
      fc.property(size, size, size, (before, one, other) => {
        const used = use([volume(1, before)], [growing(1, one), growing(1, other)]);
        expect(used.get('volumes')).toBe(1);
        expect(used.get('volume_gb')).toBe(Math.max(before, one, other));
      }),
    );
  });

  it('has nothing of what was not made, of what was given back, nor of what was made and is gone', () => {
    const ended = (state: 'made' | 'not-made', updated = now - 120_000) => [
      making('r', 5, { intent: { state, updated } }),
    ];
    expect(standing(ended('not-made'), [], now, now)).toEqual([]);
    expect(standing([{ ...growing(1, 5), until: 0 }], [], now, now)).toEqual([]);
    expect(standing(ended('made'), [], now, now)).toEqual([]);
    // What has just been made may be missing in an older picture, and in no newer one.
    expect(standing(ended('made', now), [], now, now)).toHaveLength(1);
    expect(standing(ended('made', now), [], now, undefined)).toEqual([]);
  });

  it('is gone beyond by nothing that makes it no worse', () => {
    fc.assert(
      fc.property(fc.nat(20), fc.nat(20), fc.nat(20), (most, before, after) => {
        const counts = (count: number) => new Map([['volumes', count] as const]);
        const found = exceeded([{ type: 'volumes', most }], counts(before), counts(after));
        expect(found !== undefined).toBe(after > most && after > before);
      }),
    );
  });

  it('is bounded by the own quota where there is one, whatever everybody has', () => {
    const row = fc.record({
      owner: fc.constantFrom('*', 'user-1', 'user-2'),
      type: fc.constantFrom(...quotaTypes),
      most: fc.nat(9),
    });
    const rows = fc.uniqueArray(row, { selector: ({ owner, type }) => `${owner} ${type}` });
    fc.assert(
      fc.property(rows, rows => {
        for (const { type, most } of limitsOf(rows, 'user-1')) {
          const own = rows.find(row => row.owner === 'user-1' && row.type === type);
          expect(most).toBe((own ?? rows.find(row => row.owner === '*' && row.type === type))?.most);
        }
        const bounded = new Set(rows.filter(({ owner }) => owner !== 'user-2').map(({ type }) => type));
        expect(limitsOf(rows, 'user-1')).toHaveLength(bounded.size);
      }),
    );
  });
});

describe('what something new costs', () => {
  const price = (location: string, net: string) => ({
    location,
    price_monthly: { net, gross: net },
    price_hourly: { net: '0.01', gross: '0.01' },
  });
  const pricing = {
    ...{ server_types: [], primary_ips: [], floating_ips: [] },
    load_balancer_types: [{ id: 3, name: 'lb31', prices: [price('fsn1', '30'), price('ash', '40')] }],
  } as unknown as Pricing;
  const types: readonly Item[] = [{ id: 3, name: 'lb31' }];
  const find = async (collection: string, value: unknown) =>
    collection === 'load_balancer_types'
      ? types.find(({ id, name }) => [String(id), name].includes(String(value)))!
      : types[0]!;
  const operation = (method: string, path: string) =>
    operations.find(one => one.method === method && one.path === path)!;
  const costOf = async (path: string, body: object, target?: Item) => {
    const wanted = await wantedOf(
      { operation: operation('POST', path), type: 'load_balancers' },
      { ...body },
      target,
      find,
    );
    return usageOf(['monthly_cost'], [], [{ project: 1, wanted: wanted.map(({ id: _, ...one }) => one) }], pricing).get(
      'monthly_cost',
    );
  };

  it('is the same whether its type is given by name or by id', async () => {
    for (const load_balancer_type of ['lb31', '3', 3]) {
      expect(await costOf('load_balancers', { load_balancer_type, location: 'fsn1' })).toBe(30);
      const small = { id: 9, load_balancer_type: { name: 'lb11' }, location: { name: 'fsn1' } };
      expect(await costOf('load_balancers/{id}/actions/change_type', { load_balancer_type }, small)).toBe(30);
    }
  });

  it('is that of the dearest location where the one that is given is not known by its name', async () => {
    for (const location of [undefined, 1, '1', 'FSN1']) {
      expect(await costOf('load_balancers', { load_balancer_type: 'lb31', location })).toBe(40);
    }
  });
});
