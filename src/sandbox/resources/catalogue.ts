import type { Iso, Location, ServerType } from '../../core/hetzner/types.ts';
import { createPricing } from '../catalogue/pricing.ts';
import { type Collection, readRoutes, reply, route } from '../collection.ts';
import { byProperty } from '../list.ts';
import { Problem } from '../problem.ts';
import type { Call, Route } from '../route.ts';

const locations: Collection<Location> = {
  many: 'locations',
  one: 'location',
  rows: state => state.locations,
  view: (_state, row) => row,
  list: { sorts: ['id', 'name'], filters: { name: byProperty('name') } },
};

const serverTypes: Collection<ServerType> = {
  many: 'server_types',
  one: 'server_type',
  rows: state => state.server_types,
  view: (_state, row) => row,
  list: { filters: { name: byProperty('name') } },
};

const isos: Collection<Iso> = {
  many: 'isos',
  one: 'iso',
  rows: state => state.isos,
  view: (_state, row) => row,
  list: {
    filters: {
      name: byProperty('name'),
      architecture: {
        oneOf: ['x86', 'arm'],
        keeps: (iso, values, query) =>
          iso.architecture === null
            ? query.get('include_architecture_wildcard') === 'true'
            : values.includes(iso.architecture),
      },
    },
  },
};

/** What Hetzner offers: the same for every project. */
export const catalogueRoutes: readonly Route[] = [
  ...readRoutes(locations),
  ...readRoutes(serverTypes),
  ...readRoutes(isos),
  route('GET', '/pricing', ({ state }) => reply(200, { pricing: createPricing(state.server_types.values()) })),
  route('GET', '/datacenters', gone),
  route('GET', '/datacenters/{id}', gone),
];

function gone(_call: Call): never {
  throw new Problem(410, 'deprecated_api_endpoint', 'this endpoint was removed: use locations', {
    announcement: 'https://docs.hetzner.cloud/changelog',
  });
}
