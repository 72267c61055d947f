import { operations } from '../../../core/access/operations.ts';
import type { Action, Method } from '../../../core/api.ts';

/** The same for every project, and changed by Hetzner only. */
const catalogue: ReadonlySet<string> = new Set([
  ...['server_types', 'locations', 'datacenters', 'isos', 'pricing'],
  ...['load_balancer_types', 'storage_box_types'],
]);

/** Whose items name each other: what changes the one may change the other. */
const related: Readonly<Record<string, readonly string[]>> = {
  servers: [
    ...['volumes', 'networks', 'firewalls', 'floating_ips', 'primary_ips', 'placement_groups'],
    ...['load_balancers', 'images'],
  ],
  volumes: ['servers'],
  networks: ['servers', 'load_balancers'],
  firewalls: ['servers'],
  floating_ips: ['servers'],
  primary_ips: ['servers'],
  placement_groups: ['servers'],
  load_balancers: ['networks', 'certificates'],
  certificates: ['load_balancers'],
};

/** Changes of an item alone, as the path of the request and as the action has them. */
const alone =
  /^(power(on|off)|shutdown|reboot|reset|(start|stop|shutdown|reboot|reset|rebuild)_server|rebuild|(enable|disable)_rescue|reset_password|request_console|(attach|detach)_iso|change_(dns_ptr|protection|type|server_type)|resize(_volume)?)$/;

const secret: ReadonlySet<string> = new Set(
  operations.filter(({ method, secretOutput }) => method === 'GET' && secretOutput).map(({ path }) => rootOf(path)),
);

/** Whether what is read of the collection has secrets in it, such as the TSIG keys of zones. */
export function hasSecrets(collection: string): boolean {
  return secret.has(rootOf(collection));
}

/** Whether it is of the catalogue, by the path of a request or of a collection. */
export function isCatalogue(path: string): boolean {
  return catalogue.has(rootOf(path));
}

/** The collection that a path is of or below: `servers` for `servers/42/metrics?type=cpu`. */
export function rootOf(path: string): string {
  return path.split(/[/?]/, 1)[0]!;
}

/** The collections whose items a request changes, or may change. */
export function changedBy(method: Method, path: string): readonly string[] {
  if (method === 'GET') return [];
  const [root = '', , , command = ''] = path.split('?', 1)[0]!.split('/');
  return method === 'PUT' || alone.test(command) ? [root] : withRelated([root]);
}

/** The collections whose items an action has changed, or may have. */
export function changedOf({ command, resources = [] }: Pick<Action, 'command' | 'resources'>): readonly string[] {
  const roots = resources.map(({ type }) => pluralOf(type));
  return alone.test(command) ? roots : withRelated(roots);
}

function withRelated(roots: readonly string[]): readonly string[] {
  return [...new Set(roots.flatMap(root => [root, ...(related[root] ?? [])]))];
}

/** The collection of a type as actions have it: `server`. */
function pluralOf(type: string): string {
  return type.endsWith('x') ? `${type}es` : `${type}s`;
}
