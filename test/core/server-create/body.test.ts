import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createBody, shownBody } from '../../../src/core/server-create/body.ts';
import type { Wish } from '../../../src/core/server-create/wish.ts';
import { image, item, makeType, makeWish } from './things.ts';

const type = makeType('cx23');
const items = fc.array(
  fc.integer({ min: 1, max: 99 }).map(id => item(id)),
  { maxLength: 3 },
);
const ip = fc.oneof(fc.boolean(), fc.constant(item(5)));
const wish: fc.Arbitrary<Wish> = fc.record({
  types: fc.constant([type]),
  locations: fc.constant([]),
  images: fc.constant({ x86: image }),
  sshKeys: items,
  firewalls: items,
  networks: items,
  volumes: items,
  placementGroup: fc.option(fc.constant(item(9)), { nil: undefined }),
  ipv4: ip,
  ipv6: ip,
  labels: fc.dictionary(fc.constantFrom('a', 'b'), fc.constantFrom('1', '')),
  automount: fc.option(fc.boolean(), { nil: undefined }),
  start: fc.boolean(),
  backup: fc.boolean(),
  protect: fc.boolean(),
  userData: fc.option(fc.string({ minLength: 1 }), { nil: undefined }),
});

describe('the body of a create', () => {
  test('asks for no more than the name, type, image and start where nothing else is wanted', () => {
    expect(createBody('a', makeWish(), { type })).toEqual({
      name: 'a',
      server_type: 'cx23',
      image: '7',
      start_after_create: true,
    });
  });

  test('holds everything that is wanted as the API takes it, and nothing empty', () => {
    fc.assert(
      fc.property(wish, fc.option(fc.constantFrom('fsn1', 'nbg1'), { nil: undefined }), (given, location) => {
        const body = createBody('a', given, { type, location });
        expect(body.location).toBe(location);
        expect(body.ssh_keys ?? []).toEqual(given.sshKeys.map(({ id }) => String(id)));
        expect(body.networks ?? []).toEqual(given.networks.map(({ id }) => id));
        expect(body.volumes ?? []).toEqual(given.volumes.map(({ id }) => id));
        expect(body.firewalls ?? []).toEqual(given.firewalls.map(({ id }) => ({ firewall: id })));
        expect(body.labels ?? {}).toEqual(given.labels);
        const net = (body.public_net ?? { enable_ipv4: true, enable_ipv6: true }) as Record<string, unknown>;
        for (const key of ['ipv4', 'ipv6'] as const) {
          const wanted = given[key];
          expect(net[`enable_${key}`]).toBe(wanted !== false);
          expect(net[key]).toBe(typeof wanted === 'object' ? wanted.id : undefined);
        }
        for (const value of Object.values(body))
          expect(value).not.toSatisfy(
            one => one === undefined || (Object.keys(Object(one)).length === 0 && typeof one === 'object'),
          );
        expect(JSON.parse(JSON.stringify(body))).toEqual(body);
      }),
    );
  });

  test('is shown without user data', () => {
    const body = createBody('a', makeWish({ userData: 'sécret' }), { type });
    expect(shownBody(body)).toEqual({ ...body, user_data: '(7 bytes)' });
    expect(shownBody(createBody('a', makeWish(), { type }))).not.toHaveProperty('user_data');
  });
});
