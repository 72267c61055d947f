import type { Item } from '../resource.ts';
import type { Operation } from './operation.ts';

/** A parameter that narrows a list. */
export interface Filter {
  /** What its values may be; any where absent. */
  readonly oneOf?: readonly string[];
  readonly pattern?: RegExp;
  /** It has to be given. */
  readonly required?: true;
  /** Its values where it is not given. */
  readonly otherwise?: readonly string[];
  keeps(item: Item, values: readonly string[], query: URLSearchParams): boolean;
}

/** What a list can be asked for, beside its pages. */
export interface ListRules {
  readonly sorts: readonly string[];
  readonly filters: Readonly<Record<string, Filter>>;
  /** Its items have labels. */
  readonly labelled: boolean;
}

/** Keeps items whose property is one of the values. */
const property = (name: string, oneOf?: readonly string[]): Filter => ({
  ...(oneOf && { oneOf }),
  keeps: (item, values) => item[name] !== null && item[name] !== undefined && values.includes(String(item[name])),
});

const flag = ['true', 'false'];
const architecture = ['x86', 'arm'];
const usual = ['id', 'name', 'created'];
const serverStatus = ['running', 'initializing', 'starting', 'stopping', 'off', 'deleting', 'migrating', 'rebuilding'];

/** A list whose items have names, and labels where something is sorted by the time of making. */
const named = (sorts: readonly string[], filters: ListRules['filters'] = {}, labelled = true): ListRules => ({
  sorts,
  filters: { name: property('name'), ...filters },
  labelled,
});

const offered = (sorts: readonly string[] = [], filters: ListRules['filters'] = {}) => named(sorts, filters, false);

const id: Filter = { ...property('id'), pattern: /^\d{1,16}$/ };

const actions: ListRules = {
  sorts: ['id', 'command', 'status', 'started', 'finished'],
  filters: { id, status: property('status', ['running', 'success', 'error']) },
  labelled: false,
};

const lists: Readonly<Record<string, ListRules>> = {
  actions: { ...actions, filters: { ...actions.filters, id: { ...id, required: true } } },
  certificates: named(usual, { type: property('type', ['uploaded', 'managed']) }),
  datacenters: offered(['id', 'name']),
  firewalls: named(usual),
  floating_ips: named(['id', 'created']),
  images: named(usual, {
    type: property('type', ['system', 'app', 'snapshot', 'backup']),
    status: property('status', ['available', 'creating', 'unavailable']),
    bound_to: property('bound_to'),
    architecture: property('architecture', architecture),
    include_deprecated: {
      oneOf: flag,
      otherwise: ['false'],
      keeps: (image, values) => values[0] === 'true' || (image.deprecated ?? null) === null,
    },
  }),
  isos: offered([], {
    architecture: {
      oneOf: architecture,
      // Some are for every architecture, and come where they are asked for.
      keeps: (iso, values, query) =>
        iso.architecture === null
          ? query.get('include_architecture_wildcard') === 'true'
          : values.includes(String(iso.architecture)),
    },
    include_architecture_wildcard: { oneOf: flag, keeps: () => true },
  }),
  load_balancer_types: offered(),
  load_balancers: named(usual),
  locations: offered(['id', 'name']),
  networks: named(usual),
  placement_groups: named(usual, { type: property('type', ['spread']) }),
  primary_ips: named(['id', 'created'], { ip: property('ip') }),
  server_types: offered(),
  servers: named(usual, { status: property('status', [...serverStatus, 'unknown']) }),
  ssh_keys: named(['id', 'name'], { fingerprint: property('fingerprint') }),
  storage_box_types: offered(),
  storage_boxes: named([...usual, 'stats.size', 'stats.size_filesystem']),
  volumes: named(usual, { status: property('status', ['available', 'creating']) }),
  zones: named(usual, { mode: property('mode', ['primary', 'secondary']) }),
};

/** What a list of whole resources or of actions can be asked for; undefined for every other operation, also for lists of what is within one resource. */
export function listRulesOf({ method, path }: Operation): ListRules | undefined {
  if (method !== 'GET') return undefined;
  return path.endsWith('/actions') ? actions : lists[path];
}
