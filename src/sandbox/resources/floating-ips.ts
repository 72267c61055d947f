import type { FloatingIp } from '../../core/hetzner/types.ts';
import { on, requireUnlocked, startAction, viewAction } from '../actions.ts';
import { defaultName, nextAddress } from '../addresses.ts';
import {
  actionRoutes,
  type Collection,
  find,
  named,
  readRoutes,
  reply,
  replyAction,
  requireUnique,
  route,
} from '../collection.ts';
import { readInput } from '../input.ts';
import { isProtected, refused } from '../problem.ts';
import { protectionRoute } from '../protection.ts';
import type { Call, Reply, Route } from '../route.ts';
import { type ActionRow, nextId, type ServerRow, type State, stamp } from '../state.ts';
import { dnsRoute } from './dns-ptr.ts';
import { lookUpField } from './lookup.ts';
import { freeServer } from './server-deed.ts';

/** Floating IPs as a resource. */
export const floatingIps: Collection<FloatingIp> = {
  many: 'floating_ips',
  one: 'floating_ip',
  rows: state => state.floating_ips,
  view: (_state, row) => row,
  list: named(['id', 'created']),
};

/** Everything under /floating_ips. */
export const floatingIpRoutes: readonly Route[] = [
  ...actionRoutes(floatingIps),
  ...readRoutes(floatingIps),
  route('POST', '/floating_ips', createIp),
  route('PUT', '/floating_ips/{id}', updateIp),
  route('DELETE', '/floating_ips/{id}', deleteIp),
  route('POST', '/floating_ips/{id}/actions/assign', assign),
  route('POST', '/floating_ips/{id}/actions/unassign', unassign),
  dnsRoute(floatingIps),
  protectionRoute(floatingIps),
];

function createIp({ state, body }: Call): Reply {
  const input = readInput(body);
  const type = input.text('type', { required: true, oneOf: ['ipv4', 'ipv6'] }) as 'ipv4' | 'ipv6';
  const name = input.text('name');
  const description = input.text('description') ?? null;
  const place = lookUpField(input, 'home_location', state.locations, input.reference('home_location'));
  const serverId = input.integer('server');
  const server = serverId === undefined ? undefined : state.servers.get(serverId);
  if (serverId !== undefined && !server) input.complain('server', `server with ID '${serverId}' not found`);
  const labels = input.labels() ?? {};
  if (!place && !server) input.complain('home_location', 'is required unless a server is given');
  input.done();
  if (name) requireUnique('floating_ip', state.floating_ips.values(), name);
  if (server) freeServer(state, server.id);
  const id = nextId(state);
  const ip = nextAddress(state, type);
  const row: FloatingIp = {
    id,
    name: name ?? `floating-ip-${id}`,
    description,
    ip,
    type,
    server: null,
    dns_ptr: type === 'ipv4' ? [{ ip, dns_ptr: defaultName(ip) }] : [],
    home_location: place ?? server!.location,
    blocked: false,
    protection: { delete: false },
    labels,
    created: stamp(state.now),
  };
  state.floating_ips.set(id, row);
  const action = server && startAssign(state, row, server);
  return reply(201, { floating_ip: row, action: action ? viewAction(state, action) : null });
}

function updateIp({ state, id, body }: Call): Reply {
  const ip = find(floatingIps, state, id);
  const input = readInput(body);
  const name = input.text('name');
  const description = input.text('description');
  const labels = input.labels();
  input.done();
  if (name) {
    requireUnique('floating_ip', state.floating_ips.values(), name, id);
    ip.name = name;
  }
  if (input.has('description')) ip.description = description ?? null;
  if (labels) ip.labels = labels;
  return reply(200, { floating_ip: ip });
}

function deleteIp({ state, id }: Call): Reply {
  const ip = freeIp(state, id);
  if (ip.protection.delete) throw isProtected('floating_ip', 'deletion');
  if (ip.server !== null) throw refused('must_be_unassigned', 'floating IP must be unassigned');
  state.floating_ips.delete(id);
  return { status: 204 };
}

function assign({ state, id, body }: Call): Reply {
  const ip = freeIp(state, id);
  const input = readInput(body);
  const serverId = input.integer('server', { required: true });
  const server = state.servers.get(serverId);
  if (!server) input.complain('server', `server with ID '${serverId}' not found`);
  input.done();
  if (ip.server === serverId) throw refused('floating_ip_assigned', 'floating IP is assigned to the server already');
  freeServer(state, serverId);
  return replyAction(state, startAssign(state, ip, server!));
}

function unassign({ state, id }: Call): Reply {
  const ip = freeIp(state, id);
  if (ip.server === null) throw refused('invalid_input', 'floating IP is not assigned');
  const action = startAction(state, {
    command: 'unassign_floating_ip',
    resources: [on('floating_ip', id), on('server', ip.server)],
    ms: 500,
    effect() {
      ip.server = null;
    },
  });
  return replyAction(state, action);
}

function startAssign(state: State, ip: FloatingIp, server: ServerRow): ActionRow {
  return startAction(state, {
    command: 'assign_floating_ip',
    resources: [on('floating_ip', ip.id), on('server', server.id)],
    ms: 500,
    effect() {
      ip.server = server.id;
    },
  });
}

function freeIp(state: State, id: number): FloatingIp {
  const ip = find(floatingIps, state, id);
  requireUnlocked(state, 'floating_ip', id);
  return ip;
}
