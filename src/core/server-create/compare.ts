import type { Image, Server } from '../hetzner/types.ts';
import type { Item } from '../resource.ts';
import type { Wish } from './wish.ts';

/** One thing about an existing server that is not as wanted and cannot be changed. */
export interface Difference {
  readonly setting: string;
  readonly wanted: string;
  readonly actual: string;
}

/** In what an existing server differs from the wish for good; SSH keys and user data cannot be read back and are not compared. */
export function differencesOf(server: Server, wish: Wish): Difference[] {
  const { types, locations, placementGroup } = wish;
  const found: (Difference | false | undefined)[] = [
    !types.some(({ id }) => id === server.server_type.id) &&
      differ('type', types.map(({ name }) => name).join(' or '), server.server_type.name),
    !Object.values(wish.images).some(image => isSameImage(image, server.image)) &&
      differ('image', imageName(Object.values(wish.images)[0]!), server.image ? imageName(server.image) : 'gone'),
    locations.length > 0 &&
      !locations.includes(server.location.name) &&
      differ('location', locations.join(' or '), server.location.name),
    addressDifference('IPv4', wish.ipv4, server.public_net.ipv4),
    addressDifference('IPv6', wish.ipv6, server.public_net.ipv6),
    placementGroup &&
      server.placement_group?.id !== placementGroup.id &&
      (server.placement_group || server.status !== 'off') &&
      differ(
        'placement group',
        String(placementGroup.name),
        server.placement_group?.name ?? `none, and the server is ${server.status}`,
      ),
    ...wish.volumes.map(volume => volumeDifference(volume, server)),
  ];
  return found.filter(difference => typeof difference === 'object');
}

/** The difference for people: `type is cx33, wanted cx23`. */
export function describeDifference({ setting, wanted, actual }: Difference): string {
  return `${setting} is ${actual}, wanted ${wanted}`;
}

function differ(setting: string, wanted: string, actual: string): Difference {
  return { setting, wanted, actual };
}

/** Hetzner renews an image under its name: the name is what was asked for. */
function isSameImage(wanted: Image, actual: Image | null): boolean {
  if (!actual) return false;
  return wanted.id === actual.id || (wanted.name !== null && wanted.name === actual.name);
}

function imageName(image: Image): string {
  return image.name ?? String(image.id);
}

function addressDifference(
  setting: string,
  wanted: boolean | Item,
  actual: { readonly id?: number; readonly ip: string } | null,
): Difference | undefined {
  if (typeof wanted === 'object') {
    return actual?.id === wanted.id ? undefined : differ(setting, String(wanted.name), actual?.ip ?? 'none');
  }
  if (wanted === (actual !== null)) return undefined;
  return differ(setting, wanted ? 'an address' : 'none', actual?.ip ?? 'none');
}

function volumeDifference(volume: Item, server: Server): Difference | undefined {
  if (volume.server === null || volume.server === server.id) return undefined;
  return differ(`volume ${volume.name}`, 'attached here', `attached to server ${volume.server}`);
}
