import type { Location, PrimaryIp } from '../../core/hetzner/types.ts';
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
  requireRoom,
  requireUnique,
  route,
} from '../collection.ts';
import { readInput } from '../input.ts';
import { byProperty } from '../list.ts';
import { isProtected, refused } from '../problem.ts';
import { protectionRoute } from '../protection.ts';
import type { Call, Reply, Route } from '../route.ts';
import { type ActionRow, nextId, type ServerRow, type State, stamp } from '../state.ts';
import { dnsRoute } from './dns-ptr.ts';
import { lookUpField } from './lookup.ts';
import { freeServer } from './server-deed.ts';

/** Primary IPs as a resource. */
export const primaryIps: Collection<PrimaryIp> = {
  many: 'primary_ips',
  one: 'primary_ip',
  rows: state => state.primary_ips,
  view: (_state, row) => row,
  list: named(['id', 'created'], { ip: byProperty('ip') }),
};

/** Everything under /primary_ips. */
export const primaryIpRoutes: readonly Route[] = [
  ...actionRoutes(primaryIps),
  ...readRoutes(primaryIps),
  route('POST', '/primary_ips', createIp),
  route('PUT', '/primary_ips/{id}', updateIp),
  route('DELETE', '/primary_ips/{id}', deleteIp),
  route('POST', '/primary_ips/{id}/actions/assign', assign),
  route('POST', '/primary_ips/{id}/actions/unassign', unassign),
  dnsRoute(primaryIps),
  protectionRoute(primaryIps, ip => {
    if (ip.auto_delete) throw refused('invalid_input', 'a primary IP with auto_delete cannot be protected');
  }),
];

/** Makes an unassigned primary IP; without a name it gets one from its id. */
export function makePrimaryIp(
  state: State,
  wanted: { type: 'ipv4' | 'ipv6'; location: Location } & Partial<Pick<PrimaryIp, 'name' | 'auto_delete' | 'labels'>>,
): PrimaryIp {
  const id = nextId(state);
  const ip = nextAddress(state, wanted.type);
  const row: PrimaryIp = {
    id,
    name: wanted.name ?? `primary_ip-${id}`,
    ip,
    type: wanted.type,
    assignee_id: null,
    assignee_type: 'server',
    auto_delete: wanted.auto_delete ?? false,
    blocked: false,
    created: stamp(state.now),
    dns_ptr: wanted.type === 'ipv4' ? [{ ip, dns_ptr: defaultName(ip) }] : [],
    labels: wanted.labels ?? {},
    location: wanted.location,
    protection: { delete: false },
  };
  state.primary_ips.set(id, row);
  return row;
}

function createIp({ state, body }: Call): Reply {
  const input = readInput(body);
  const name = input.text('name', { required: true });
  const type = input.text('type', { required: true, oneOf: ['ipv4', 'ipv6'] }) as 'ipv4' | 'ipv6';
  const place = lookUpField(input, 'location', state.locations, input.reference('location'));
  input.text('assignee_type', { oneOf: ['server', 'unassigned'] });
  const auto_delete = input.flag('auto_delete') ?? false;
  const labels = input.labels() ?? {};
  const assignee = input.integer('assignee_id');
  const server = assignee === undefined ? undefined : state.servers.get(assignee);
  if (assignee !== undefined && !server) input.complain('assignee_id', `server with ID '${assignee}' not found`);
  if (!place && !server) input.complain('location', 'is required unless an assignee is given');
  input.done();
  requireUnique('primary_ip', state.primary_ips.values(), name);
  requireRoom(state, 'primary_ips', state.primary_ips.size);
  if (server) requireInterface(state, server.id, type);
  const ip = makePrimaryIp(state, { type, location: server?.location ?? place!, name, auto_delete, labels });
  const action = server && join(state, ip, server, 'create_primary_ip');
  return reply(201, { primary_ip: ip, action: action ? viewAction(state, action) : null });
}

function updateIp({ state, id, body }: Call): Reply {
  const ip = find(primaryIps, state, id);
  const input = readInput(body);
  const name = input.text('name');
  const labels = input.labels();
  const auto_delete = input.flag('auto_delete');
  input.done();
  if (name) {
    requireUnique('primary_ip', state.primary_ips.values(), name, id);
    ip.name = name;
  }
  if (labels) ip.labels = labels;
  if (auto_delete !== undefined) ip.auto_delete = auto_delete;
  return reply(200, { primary_ip: ip });
}

function deleteIp({ state, id }: Call): Reply {
  const ip = freeIp(state, id);
  if (ip.protection.delete) throw isProtected('primary_ip', 'deletion');
  if (ip.assignee_id !== null) throw refused('must_be_unassigned', 'primary IP must be unassigned');
  state.primary_ips.delete(id);
  return { status: 204 };
}

function assign({ state, id, body }: Call): Reply {
  const ip = freeIp(state, id);
  const input = readInput(body);
  input.text('assignee_type', { required: true, oneOf: ['server'] });
  const assignee = input.integer('assignee_id', { required: true });
  const server = state.servers.get(assignee);
  if (!server) input.complain('assignee_id', `server with ID '${assignee}' not found`);
  else if (server.location.id !== ip.location.id) input.complain('assignee_id', 'server is in another location');
  input.done();
  if (ip.assignee_id !== null) throw refused('primary_ip_already_assigned', 'primary IP is already assigned');
  requireInterface(state, assignee, ip.type as 'ipv4' | 'ipv6');
  return replyAction(state, join(state, ip, server!, 'assign_primary_ip'));
}

function unassign({ state, id }: Call): Reply {
  const ip = freeIp(state, id);
  if (ip.assignee_id === null) throw refused('invalid_input', 'primary IP is not assigned');
  const server = stoppedServer(state, ip.assignee_id);
  const action = startAction(state, {
    command: 'unassign_primary_ip',
    resources: [on('primary_ip', id), on('server', server.id)],
    ms: 500,
    effect() {
      ip.assignee_id = null;
      server[ip.type as 'ipv4' | 'ipv6'] = null;
    },
  });
  return replyAction(state, action);
}

/** Has the server take the address, with an action. */
function join(state: State, ip: PrimaryIp, server: ServerRow, command: string): ActionRow {
  return startAction(state, {
    command,
    resources: [on('primary_ip', ip.id), on('server', server.id)],
    ms: 500,
    effect() {
      ip.assignee_id = server.id;
      server[ip.type as 'ipv4' | 'ipv6'] = ip.id;
    },
  });
}

/** The stopped server must not have an address of the type yet. */
function requireInterface(state: State, id: number, type: 'ipv4' | 'ipv6'): void {
  const server = stoppedServer(state, id);
  if (server[type] !== null) throw refused(`server_has_${type}`, `server has an ${type} already`);
}

function stoppedServer(state: State, id: number): ServerRow {
  const server = freeServer(state, id);
  if (server.status !== 'off') throw refused('server_not_stopped', 'server must be stopped');
  return server;
}

function freeIp(state: State, id: number): PrimaryIp {
  const ip = find(primaryIps, state, id);
  requireUnlocked(state, 'primary_ip', id);
  return ip;
}
