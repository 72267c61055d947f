import { type Api, collect } from '../api.ts';
import { Failure } from '../failure.ts';
import { find } from '../find.ts';
import type { Pricing, Server, ServerType } from '../hetzner/types.ts';
import type { Item } from '../resource.ts';
import { identities, type ResourceName } from '../resources/identities.ts';
import { listImages } from '../resources/image-find.ts';
import { chooseImages, chooseLocations, chooseTypes } from './choose.ts';
import type { Order } from './order.ts';
import { findSshKey, type ReadFile } from './ssh-keys.ts';
import type { Wish } from './wish.ts';

/** Everything that the API had to be asked before servers are made. */
export interface Known {
  readonly wish: Wish;
  /** The servers that have the names already; looked for only with `--ensure`. */
  readonly existing: ReadonlyMap<string, Server>;
  /** The price list, where it was asked for. */
  readonly pricing?: Pricing;
}

/** Looks up all that an order refers to, at the same time; throws `not_found` for the first that is not there. */
export async function lookUp(
  api: Api,
  order: Order,
  options: { readonly readFile: ReadFile; readonly priced: boolean },
): Promise<Known> {
  const addresses = [order.ipv4, order.ipv6].map(async ip => (typeof ip === 'string' ? findPrimaryIp(api, ip) : ip));
  const group = order.placementGroup;
  const [offered, images, sshKeys, firewalls, networks, volumes, [placementGroup], [ipv4, ipv6], existing, pricing] =
    await Promise.all([
      collect<ServerType>(api.list('server_types')),
      listImages(api, order.image),
      Promise.all(unique(order.sshKeys).map(ref => findSshKey(api, ref, options.readFile))),
      findAll(api, 'firewall', order.firewalls),
      findAll(api, 'network', order.networks),
      findAll(api, 'volume', order.volumes),
      findAll(api, 'placement-group', group === undefined ? [] : [group]),
      Promise.all(addresses),
      order.ensure ? findServers(api, order.names) : new Map<string, Server>(),
      options.priced ? api.send<{ pricing: Pricing }>('GET', 'pricing').then(answer => answer.pricing) : undefined,
    ]);
  requireVersion(ipv4!, 'ipv4');
  requireVersion(ipv6!, 'ipv6');
  const types = chooseTypes(offered, order.types);
  const typed = chooseLocations(offered, order.locations);
  const { labels, automount, start, backup, protect, userData } = order;
  const wish: Wish = {
    ...{ types, sshKeys: once(sshKeys), firewalls, networks, volumes, placementGroup, ipv4: ipv4!, ipv6: ipv6! },
    ...{ labels, automount, start, backup, protect, userData },
    images: chooseImages(images, order.image, types),
    locations: typed.length > 0 ? typed : impliedLocation([...volumes, ipv4!, ipv6!]),
  };
  return { wish, existing, pricing };
}

/** The server of exactly that name; undefined when there is none. */
export async function findServer(api: Api, name: string): Promise<Server | undefined> {
  const rows = await collect<Server>(api.list('servers', { name }));
  return rows.find(row => row.name === name);
}

/** More names than this are looked up in the whole list. */
const few = 10;

async function findServers(api: Api, names: readonly string[]): Promise<Map<string, Server>> {
  const rows =
    names.length > few
      ? await collect<Server>(api.list('servers'))
      : await Promise.all(names.map(name => findServer(api, name)));
  const wanted = new Set(names);
  return new Map(rows.flatMap(row => (row && wanted.has(row.name) ? [[row.name, row]] : [])));
}

async function findAll(api: Api, name: ResourceName, refs: readonly string[]): Promise<Item[]> {
  const resource = { name, ...identities[name] };
  const wanted = unique(refs);
  const listed = wanted.length > few ? await collect<Item>(api.list(resource.path)) : [];
  const items = wanted.map(ref => {
    const hits = listed.filter(item => String(item.id) === ref || item.name === ref);
    return hits.length === 1 ? hits[0]! : find(api, resource, ref);
  });
  return once(await Promise.all(items));
}

async function findPrimaryIp(api: Api, ref: string): Promise<Item> {
  const [item] = await findAll(api, 'primary-ip', [ref]);
  return item!;
}

function requireVersion(ip: boolean | Item, type: 'ipv4' | 'ipv6'): void {
  if (typeof ip === 'boolean' || ip.type === type) return;
  throw new Failure('usage', `--primary-${type}: primary IP ${ip.name} is an ${ip.type}`);
}

/** Volumes and primary IPs stay where they are, so the server has to go there. */
function impliedLocation(items: readonly (boolean | Item)[]): string[] {
  for (const item of items) {
    const name = typeof item === 'object' ? item.location?.name : undefined;
    if (typeof name === 'string') return [name];
  }
  return [];
}

function unique(refs: readonly string[]): string[] {
  return [...new Set(refs)];
}

function once(items: readonly Item[]): Item[] {
  return [...new Map(items.map(item => [item.id, item])).values()];
}
