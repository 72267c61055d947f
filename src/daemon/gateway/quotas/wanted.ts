import type { Match } from '../../../core/access/operation.ts';
import type { Item } from '../../../core/resource.ts';
import type { Thing } from './measures.ts';

/** What there will be when a request is done; `id` where it is there already and becomes another. */
export interface Wanted extends Thing {
  readonly id?: number;
}

/** Looks a type up by its name or id; throws `not_found`. */
export type FindType = (collection: 'server_types' | 'load_balancer_types', value: unknown) => Promise<Item>;

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
  if (path === type) return [{ type, item: { ...newItem(body), ...(await balancerType(body, findType)) } }];
  if (path.endsWith('/create_image')) return [{ type: 'images', item: { type: body.type ?? 'snapshot' } }];
  if (!target) return [];
  const become = (changed: object): Wanted[] => [{ type, id: target.id, item: { ...essence(target), ...changed } }];
  if (path === 'images/{id}' && body.type) return become({ type: body.type });
  if (path.endsWith('/resize')) return become({ size: sizeOf(body.size) });
  if (path.endsWith('/enable_backup')) return become({ backup_window: 'any' });
  if (!path.endsWith('/change_type')) return [];
  if (type === 'servers') return become({ server_type: typeOf(await findType('server_types', body.server_type)) });
  return become(await balancerType(body, findType));
}

async function newServer({ server_type, location }: Body, findType: FindType): Promise<Wanted> {
  const placed = typeof location === 'string' ? { location: { name: location } } : {};
  return { type: 'servers', item: { server_type: typeOf(await findType('server_types', server_type)), ...placed } };
}

/** A server is made with an address of each kind, unless one is given or none is wanted. */
function newAddresses({ public_net, location }: Body): Wanted[] {
  const net = (public_net ?? {}) as Body;
  const kinds = ['ipv4', 'ipv6'].filter(kind => net[`enable_${kind}`] !== false && !net[kind]);
  return kinds.map(type => ({ type: 'primary_ips', item: newItem({ type, location }) }));
}

function newItem({ size, type, location, home_location }: Body): Wanted['item'] {
  const named = (name: unknown) => (typeof name === 'string' ? { name } : undefined);
  return { size: sizeOf(size), type, location: named(location), home_location: named(home_location) };
}

/** The type of a load balancer, where one is given: prices are found by its name alone. */
async function balancerType({ load_balancer_type: given }: Body, findType: FindType) {
  if (given === undefined || given === null) return {};
  return { load_balancer_type: { name: (await findType('load_balancer_types', given)).name } };
}

/** What is no size takes no room, nor makes any: Hetzner refuses it. */
function sizeOf(given: unknown): number {
  const size = Number(given);
  return Number.isFinite(size) ? Math.max(0, size) : 0;
}

/** What of an item is measured. */
function essence(item: Item) {
  const { server_type, size, image_size, type, location, home_location, backup_window, load_balancer_type } = item;
  return {
    ...{ size, image_size, type, location, home_location, backup_window, load_balancer_type },
    server_type: server_type && typeOf(server_type),
  };
}

function typeOf({ name, cores, memory }: Item) {
  return { name, cores, memory };
}
