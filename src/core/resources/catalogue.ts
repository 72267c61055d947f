import { field } from '../field.ts';
import { type Column, type Item, resource } from '../resource.ts';
import { describe, listUnlabelled } from '../verbs.ts';
import { common } from './columns.ts';

const { id, name } = common;

const place: Record<string, Column> = {
  id,
  name,
  description: item => item.description,
  country: item => item.country,
  city: item => item.city,
  network_zone: item => item.network_zone,
  latitude: item => item.latitude,
  longitude: item => item.longitude,
};

/** Locations. */
export const location = resource('location', {
  columns: place,
  defaults: ['id', 'name', 'description', 'network_zone', 'country', 'city'],
  sortable: ['id', 'name'],
  verbs: { list: listUnlabelled('List locations'), describe: describe('Show all of a location') },
});

/** Datacenters, which the API no longer has: its locations under the old noun. */
export const datacenter = resource('datacenter', {
  columns: { ...place, location: name },
  defaults: ['id', 'name', 'description', 'location'],
  sortable: ['id', 'name'],
  verbs: {
    list: listUnlabelled('List locations: the API has removed datacenters'),
    describe: describe('Show a location: the API has removed datacenters'),
  },
});

/** The lowest and highest price among the locations, gross, as `4.15` or `4.15 - 5.35`. */
function monthlyPrice(item: Item): string {
  const prices: number[] = (item.prices ?? []).map((at: { price_monthly: { gross: string } }) =>
    Number(at.price_monthly.gross),
  );
  const least = Math.min(...prices).toFixed(2);
  const most = Math.max(...prices).toFixed(2);
  if (prices.length === 0) return '';
  return least === most ? least : `${least} - ${most}`;
}

interface Offer {
  readonly name: string;
  readonly available?: boolean;
  readonly deprecation?: { readonly unavailable_after: string } | null;
}

/** Server types: what a server can be, what it costs and where it is in stock. */
export const serverType = resource('server-type', {
  columns: {
    id,
    name,
    description: item => item.description,
    category: item => item.category,
    cores: item => item.cores,
    cpu_type: item => item.cpu_type,
    architecture: item => item.architecture,
    memory: item => `${item.memory} GB`,
    disk: item => `${item.disk} GB`,
    storage_type: item => item.storage_type,
    location: item => (item.locations as Offer[] | undefined)?.map(at => at.name),
    available: item => (item.locations as Offer[] | undefined)?.filter(at => at.available).map(at => at.name),
    deprecated: item => (item.locations as Offer[] | undefined)?.filter(at => at.deprecation).map(at => at.name),
    price_monthly: monthlyPrice,
  },
  defaults: ['id', 'name', 'cores', 'cpu_type', 'architecture', 'memory', 'disk', 'price_monthly', 'available'],
  wide: ['category', 'storage_type', 'location', 'deprecated', 'description'],
  sortable: [],
  verbs: {
    list: listUnlabelled('List server types'),
    describe: describe('Show all of a server type, with its prices'),
  },
});

/** ISO images. */
export const iso = resource('iso', {
  columns: {
    id,
    name,
    description: item => item.description,
    type: item => item.type,
    architecture: item => item.architecture,
    deprecated: item => item.deprecation?.unavailable_after,
  },
  defaults: ['id', 'name', 'description', 'type', 'architecture'],
  wide: ['deprecated'],
  sortable: [],
  verbs: {
    list: listUnlabelled('List ISOs', {
      architecture: field('text', 'Only ISOs for this architecture', { short: 'a', choices: ['x86', 'arm'] }),
      'include-architecture-wildcard': field('boolean', 'Also those for any architecture'),
    }),
    describe: describe('Show all of an ISO'),
  },
});
