import type { Network, NetworkRoute, Subnet } from '../../core/hetzner/types.ts';
import { on, requireUnlocked, startAction } from '../actions.ts';
import { formatAddress, formatRange, overlap, parseAddress, parseRange, within } from '../addresses.ts';
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
import { type Input, readInput } from '../input.ts';
import { isProtected } from '../problem.ts';
import { protectionRoute } from '../protection.ts';
import type { Call, Handler, Reply, Route } from '../route.ts';
import { nextId, type State, stamp } from '../state.ts';
import { leaveNetwork } from './network-members.ts';

/** Networks as a resource. */
export const networks: Collection<Network> = {
  many: 'networks',
  one: 'network',
  rows: state => state.networks,
  view: (_state, row) => row,
  list: named(['id', 'name', 'created']),
};

/** Everything under /networks. */
export const networkResourceRoutes: readonly Route[] = [
  ...actionRoutes(networks),
  ...readRoutes(networks),
  route('POST', '/networks', createNetwork),
  route('PUT', '/networks/{id}', updateNetwork),
  route('DELETE', '/networks/{id}', deleteNetwork),
  route('POST', '/networks/{id}/actions/add_subnet', change('add_subnet', addSubnet)),
  route('POST', '/networks/{id}/actions/delete_subnet', change('delete_subnet', deleteSubnet)),
  route('POST', '/networks/{id}/actions/add_route', change('add_route', addRoute)),
  route('POST', '/networks/{id}/actions/delete_route', change('delete_route', deleteRoute)),
  route('POST', '/networks/{id}/actions/change_ip_range', change('change_ip_range', changeRange)),
  protectionRoute(networks),
];

function createNetwork({ state, body }: Call): Reply {
  const input = readInput(body);
  const name = input.text('name', { required: true, max: 128 });
  const range = readRange(input, 'ip_range', input.text('ip_range', { required: true }));
  const labels = input.labels() ?? {};
  const expose = input.flag('expose_routes_to_vswitch') ?? false;
  const network: Network = {
    id: 0,
    name,
    ip_range: range,
    subnets: [],
    routes: [],
    servers: [],
    load_balancers: [],
    protection: { delete: false },
    labels,
    created: stamp(state.now),
    expose_routes_to_vswitch: expose,
  };
  const subnets = input.objects('subnets');
  const routes = input.objects('routes');
  input.done();
  for (const subnet of subnets) network.subnets.push(planSubnet(state, network, readInput(subnet)));
  for (const entry of routes) network.routes.push(planRoute(network, readInput(entry)));
  requireUnique('network', state.networks.values(), name);
  requireRoom(state, 'networks', state.networks.size);
  network.id = nextId(state);
  state.networks.set(network.id, network);
  return reply(201, { network });
}

function updateNetwork({ state, id, body }: Call): Reply {
  const network = find(networks, state, id);
  const input = readInput(body);
  const name = input.text('name', { max: 128 });
  const labels = input.labels();
  const expose = input.flag('expose_routes_to_vswitch');
  input.done();
  if (name) {
    requireUnique('network', state.networks.values(), name, id);
    network.name = name;
  }
  if (labels) network.labels = labels;
  if (expose !== undefined) network.expose_routes_to_vswitch = expose;
  return reply(200, { network });
}

function deleteNetwork({ state, id }: Call): Reply {
  const network = find(networks, state, id);
  requireUnlocked(state, 'network', id);
  if (network.protection.delete) throw isProtected('network', 'deletion');
  for (const server of network.servers.map(id => state.servers.get(id))) if (server) leaveNetwork(server, network);
  state.networks.delete(id);
  return { status: 204 };
}

/** A handler that plans a change of a network from the request and makes it by an action. */
function change(command: string, plan: (state: State, network: Network, input: Input) => () => void): Handler {
  return ({ state, id, body }) => {
    const network = find(networks, state, id);
    requireUnlocked(state, 'network', id);
    const effect = plan(state, network, readInput(body));
    return replyAction(state, startAction(state, { command, resources: [on('network', id)], ms: 500, effect }));
  };
}

function addSubnet(state: State, network: Network, input: Input): () => void {
  const subnet = planSubnet(state, network, input);
  return () => network.subnets.push(subnet);
}

function deleteSubnet(state: State, network: Network, input: Input): () => void {
  const text = input.text('ip_range', { required: true });
  const subnet = network.subnets.find(subnet => subnet.ip_range === text);
  if (!subnet) input.complain('ip_range', `network has no subnet ${text}`);
  const range = parseRange(text);
  const used = network.servers.some(id =>
    state.servers.get(id)?.private_net.some(({ network: of, ip }) => {
      const address = parseAddress(ip);
      return of === network.id && range && address !== undefined && within({ base: address, bits: 32 }, range);
    }),
  );
  if (used) input.complain('ip_range', 'subnet still has servers');
  input.done();
  return () => {
    network.subnets = network.subnets.filter(other => other !== subnet);
  };
}

function addRoute(_state: State, network: Network, input: Input): () => void {
  const route = planRoute(network, input);
  return () => network.routes.push(route);
}

function deleteRoute(_state: State, network: Network, input: Input): () => void {
  const destination = input.text('destination', { required: true });
  const gateway = input.text('gateway', { required: true });
  const found = network.routes.find(route => route.destination === destination && route.gateway === gateway);
  if (!found) input.complain('destination', 'network has no such route');
  input.done();
  return () => {
    network.routes = network.routes.filter(route => route !== found);
  };
}

function changeRange(_state: State, network: Network, input: Input): () => void {
  const text = readRange(input, 'ip_range', input.text('ip_range', { required: true }));
  const range = parseRange(text);
  const holds = network.subnets.every(subnet => range && within(parseRange(subnet.ip_range!)!, range));
  if (!holds) input.complain('ip_range', 'must hold all subnets');
  input.done();
  return () => {
    network.ip_range = text;
  };
}

function planSubnet(state: State, network: Network, input: Input): Subnet {
  const type = input.text('type', { required: true, oneOf: ['cloud', 'server', 'vswitch'] });
  const zones = new Set([...state.locations.values()].map(location => location.network_zone));
  const zone = input.text('network_zone', { required: true, oneOf: [...zones] });
  const wanted = input.text('ip_range');
  const vswitch = input.integer('vswitch_id');
  const whole = parseRange(network.ip_range)!;
  const others = network.subnets.map(subnet => parseRange(subnet.ip_range!)!);
  const text = wanted === undefined ? undefined : readRange(input, 'ip_range', wanted);
  const range = text === undefined ? freeRange(whole, others) : parseRange(text);
  if (!range || !within(range, whole)) input.complain('ip_range', 'must lie within the range of the network');
  else if (others.some(other => overlap(other, range))) input.complain('ip_range', 'overlaps another subnet');
  input.done();
  return {
    type,
    ip_range: formatRange(range!),
    network_zone: zone,
    gateway: formatAddress(whole.base + 1),
    vswitch_id: vswitch ?? null,
  };
}

/** The first /24 (or the whole of a smaller network) that overlaps nothing. */
function freeRange(whole: { base: number; bits: number }, others: readonly { base: number; bits: number }[]) {
  const bits = Math.max(24, whole.bits);
  const size = 2 ** (32 - bits);
  for (let base = whole.base; base < whole.base + 2 ** (32 - whole.bits); base += size) {
    if (!others.some(other => overlap(other, { base, bits }))) return { base, bits };
  }
  return undefined;
}

function planRoute(network: Network, input: Input): NetworkRoute {
  const destination = readRange(input, 'destination', input.text('destination', { required: true }));
  const gateway = input.text('gateway', { required: true });
  if (parseAddress(gateway) === undefined) input.complain('gateway', 'must be an IPv4 address');
  if (network.routes.some(route => route.destination === destination)) {
    input.complain('destination', 'network has a route to it already');
  }
  input.done();
  return { destination, gateway };
}

function readRange(input: Input, field: string, text: string): string {
  if (text !== '' && !parseRange(text)) input.complain(field, 'must be an IPv4 range in CIDR notation');
  return text;
}
