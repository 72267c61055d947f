import type { Match } from '../../../core/access/operation.ts';
import type { Item } from '../../../core/resource.ts';
import type { Thing } from './measures.ts';

/** What there will be when a request is done; `id` where it is there already and becomes another. */
export interface Wanted extends Thing {
  readonly id?: number;
}

/** Looks a server type up by its name or id; throws `not_found`. */
export type FindType = (value: unknown) => Promise<Item>;

type Body = Readonly<Record<string, unknown>>;

/** What a request that counts asks for; empty where nothing of it can be measured. */
export async function wantedOf(
  { operation, type }: Pick<Match, 'operation' | 'type'>,
  body: Body,
  target: Item | undefined,
  findType: FindType,
): Promise<readonly Wanted[]> {
  const { path } = operation;
  if (path === 'servers') return [await newServer(body, findType), ...newAddresses(body)];
  if (path === type) return [{ type, item: newItem(body) }];
  if (path.endsWith('/create_image')) return [{ type: 'images', item: { type: body.type ?? 'snapshot' } }];
  if (!target) return [];
  const become = (changed: object): Wanted[] => [{ type, id: target.id, item: { ...essence(target), ...changed } }];
  if (path.endsWith('/resize')) return become({ size: body.size });
  if (path.endsWith('/enable_backup')) return become({ backup_window: 'any' });
  if (!path.endsWith('/change_type')) return [];
  if (type === 'servers') return become({ server_type: typeOf(await findType(body.server_type)) });
  return become({ load_balancer_type: { name: body.load_balancer_type } });
}

async function newServer({ server_type, location }: Body, findType: FindType): Promise<Wanted> {
  const placed = typeof location === 'string' ? { location: { name: location } } : {};
  return { type: 'servers', item: { server_type: typeOf(await findType(server_type)), ...placed } };
}

/** A server is made with an address of each kind, unless one is given or none is wanted. */
function newAddresses({ public_net, location }: Body): Wanted[] {
  const net = (public_net ?? {}) as Body;
  const kinds = ['ipv4', 'ipv6'].filter(kind => net[`enable_${kind}`] !== false && !net[kind]);
  return kinds.map(type => ({ type: 'primary_ips', item: newItem({ type, location }) }));
}

function newItem({ size, type, location, home_location, load_balancer_type }: Body): Wanted['item'] {
  const named = (name: unknown) => (typeof name === 'string' ? { name } : undefined);
  return {
    ...{ size, type, location: named(location), home_location: named(home_location) },
    load_balancer_type: named(load_balancer_type),
  };
}

/** What of an item is measured. */
function essence({ server_type, size, type, location, home_location, backup_window, load_balancer_type }: Item) {
  return {
    ...{ size, type, location, home_location, backup_window, load_balancer_type },
    server_type: server_type && typeOf(server_type),
  };
}

function typeOf({ name, cores, memory }: Item) {
  return { name, cores, memory };
}
