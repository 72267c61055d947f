import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Image, Server } from '../../../src/core/hetzner/types.ts';
import { describeDifference, differencesOf } from '../../../src/core/server-create/compare.ts';
import { completion } from '../../../src/core/server-create/ensure.ts';
import { followUpSteps, missingSteps } from '../../../src/core/server-create/steps.ts';
import { image, item, makeServer, makeType, makeWish } from './things.ts';

const told = (server: Server, wish: Parameters<typeof makeWish>[0]) =>
  differencesOf(server, makeWish(wish)).map(describeDifference);

describe('what an existing server is compared by', () => {
  test('is nothing where it is as wanted', () => {
    expect(told(makeServer(), { locations: ['nbg1', 'fsn1'], types: [makeType('cx33'), makeType('cx23')] })).toEqual(
      [],
    );
    expect(told(makeServer(), { placementGroup: undefined, volumes: [item(3, 'data', { server: 42 })] })).toEqual([]);
  });

  test('takes an image that was renewed under its name, and no other', () => {
    expect(told(makeServer(), { images: { x86: { ...image, id: 8 } } })).toEqual([]);
    const snapshot = { id: 9, name: null } as Image;
    expect(told(makeServer(), { images: { x86: snapshot } })).toEqual(['image is debian-13, wanted 9']);
    expect(told(makeServer({ image: null }), {})).toEqual(['image is gone, wanted debian-13']);
    expect(told(makeServer({ image: snapshot }), { images: { x86: snapshot } })).toEqual([]);
  });

  test('names addresses that are not the wanted ones', () => {
    const none = makeServer({ public_net: { ...makeServer().public_net, ipv6: null } });
    expect(told(none, {})).toEqual(['IPv6 is none, wanted an address']);
    expect(told(none, { ipv6: false })).toEqual([]);
    expect(told(makeServer(), { ipv4: item(1) })).toEqual([]);
    expect(told(makeServer(), { ipv4: item(5, 'front') })).toEqual(['IPv4 is 192.0.2.1, wanted front']);
    expect(told(none, { ipv6: item(5, 'front') })).toEqual(['IPv6 is none, wanted front']);
  });

  test('names a volume that is elsewhere and a placement group that cannot be joined', () => {
    expect(told(makeServer(), { volumes: [item(3, 'data', { server: 7 })] })).toEqual([
      'volume data is attached to server 7, wanted attached here',
    ]);
    const group = item(6, 'apart');
    expect(told(makeServer(), { placementGroup: group })).toEqual([
      'placement group is none, and the server is running, wanted apart',
    ]);
    expect(told(makeServer({ status: 'off' }), { placementGroup: group })).toEqual([]);
    const other = { id: 7, name: 'other' } as Server['placement_group'];
    expect(told(makeServer({ status: 'off', placement_group: other }), { placementGroup: group })).toEqual([
      'placement group is other, wanted apart',
    ]);
  });

  test('is refused with every difference as data', () => {
    expect(() => completion(makeServer(), makeWish({ ipv4: false, ipv6: false }))).toThrow(
      'IPv4 is 192.0.2.1, wanted none; IPv6',
    );
  });
});

describe('what an existing server lacks', () => {
  const some = fc.uniqueArray(fc.integer({ min: 1, max: 5 }), { maxLength: 3 });
  const labels = fc.dictionary(fc.constantFrom('a', 'b', 'c'), fc.constantFrom('1', '2'));

  test('is nothing once it was brought, and labels of others stay', () => {
    fc.assert(
      fc.property(
        some,
        some,
        some,
        some,
        labels,
        labels,
        fc.boolean(),
        fc.boolean(),
        (wantNets, haveNets, wantVolumes, haveVolumes, want, have, on, more) => {
          const wish = makeWish({
            networks: wantNets.map(id => item(id)),
            volumes: wantVolumes.map(id => item(id)),
            firewalls: wantNets.map(id => item(id)),
            labels: want,
            backup: more,
            protect: more,
            start: on,
          });
          const before = makeServer({
            status: on ? 'off' : 'running',
            private_net: haveNets.map(network => ({ network, ip: '', alias_ips: [], mac_address: '' })),
            volumes: haveVolumes,
            labels: have,
          });
          const steps = missingSteps(before, wish);
          expect(
            steps
              .filter(({ what }) => what.startsWith('network'))
              .map(({ body }) => (body as { network: number }).network),
          ).toEqual(wantNets.filter(id => !haveNets.includes(id)));
          const changed = Object.entries(want).some(([key, value]) => have[key] !== value);
          const relabel = steps.find(({ what }) => what === 'labels');
          expect(relabel?.body).toEqual(changed ? { labels: { ...have, ...want } } : undefined);
          expect(steps.some(({ what }) => what === 'power')).toBe(on);
          if (on) expect(steps.at(-1)!.what).toBe('power');
          const after = makeServer({
            private_net: wantNets.map(network => ({ network, ip: '', alias_ips: [], mac_address: '' })),
            volumes: wantVolumes,
            labels: { ...have, ...want },
            backup_window: '22-02',
            protection: { delete: true, rebuild: true },
            public_net: { ...before.public_net, firewalls: wantNets.map(id => ({ id, status: 'applied' })) },
          });
          expect(missingSteps(after, wish)).toEqual([]);
        },
      ),
    );
  });

  test('is sent as the API takes it', () => {
    const wish = makeWish({
      firewalls: [item(2, 'web')],
      volumes: [item(3, 'data')],
      automount: true,
      placementGroup: item(4, 'apart'),
    });
    expect(missingSteps(makeServer({ status: 'off' }), wish)).toEqual([
      {
        what: 'firewall web',
        method: 'POST',
        path: 'firewalls/2/actions/apply_to_resources',
        body: { apply_to: [{ type: 'server', server: { id: 42 } }] },
      },
      {
        what: 'placement group apart',
        method: 'POST',
        path: 'servers/42/actions/add_to_placement_group',
        body: { placement_group: 4 },
      },
      { what: 'volume data', method: 'POST', path: 'volumes/3/actions/attach', body: { server: 42, automount: true } },
      { what: 'power', method: 'POST', path: 'servers/42/actions/poweron' },
    ]);
    expect(followUpSteps({ protect: true, backup: true }, '{id}').map(({ path, body }) => [path, body])).toEqual([
      ['servers/{id}/actions/change_protection', { delete: true, rebuild: true }],
      ['servers/{id}/actions/enable_backup', undefined],
    ]);
  });
});
