import type { Location, Network, Subnet } from '../../core/hetzner/types.ts';
import { on, startAction } from '../actions.ts';
import { formatAddress, nextMac, parseAddress, parseRange, within } from '../addresses.ts';
import { refused } from '../problem.ts';
import type { ActionRow, ServerRow, State } from '../state.ts';

/** Where in a network a server wants to be. */
export interface Seat {
  ip?: string | undefined;
  alias_ips?: string[];
  ip_range?: string | undefined;
}

/** Throws 422 unless the network has a subnet in the zone of the location. */
export function networkHasRoom(network: Network, location: Location): Subnet {
  const subnet = network.subnets.find(subnet => subnet.network_zone === location.network_zone);
  if (!subnet) throw refused('no_subnet_available', `network has no subnet in ${location.network_zone}`);
  return subnet;
}

/** Puts a server into a network, after another action if one is given; throws 422 when there is no such seat. */
export function joinNetwork(
  state: State,
  server: ServerRow,
  network: Network,
  seat: Seat,
  after?: ActionRow,
): ActionRow {
  if (network.servers.includes(server.id)) {
    throw refused('server_already_attached', 'server is already attached to the network');
  }
  const taken = takenAddresses(state, network);
  const subnet = seat.ip_range
    ? network.subnets.find(subnet => subnet.ip_range === seat.ip_range)
    : networkHasRoom(network, server.location);
  if (!subnet) throw refused('no_subnet_available', `network has no subnet ${seat.ip_range}`);
  const ip = seat.ip ?? freeAddress(network, subnet, taken);
  for (const wanted of [ip, ...(seat.alias_ips ?? [])]) requireFree(network, wanted, taken);
  network.servers.push(server.id);
  const entry = { network: network.id, ip, alias_ips: seat.alias_ips ?? [], mac_address: nextMac(state) };
  // The seat is taken at once, so that nobody else gets it while the action runs.
  server.private_net = [...server.private_net, entry];
  return startAction(state, {
    command: 'attach_to_network',
    resources: [on('server', server.id), on('network', network.id)],
    ms: 800,
    after,
    undo: () => leaveNetwork(server, network),
  });
}

/** Takes a server out of a network at once. */
export function leaveNetwork(server: ServerRow, network: Network): void {
  network.servers = network.servers.filter(id => id !== server.id);
  server.private_net = server.private_net.filter(entry => entry.network !== network.id);
}

/** Throws 422 unless the address lies in a subnet of the network and nobody has it. */
export function requireFree(network: Network, ip: string, taken: ReadonlySet<string>): void {
  const address = parseAddress(ip);
  const inside = network.subnets.some(subnet => {
    const range = parseRange(subnet.ip_range ?? '');
    return address !== undefined && range !== undefined && within({ base: address, bits: 32 }, range);
  });
  const gateways = [...network.subnets.map(subnet => subnet.gateway)];
  if (!inside || taken.has(ip) || gateways.includes(ip)) throw refused('ip_not_available', `IP ${ip} is not available`);
}

/** The addresses that servers have in a network, aliases too; `except` is left out. */
export function takenAddresses(state: State, network: Network, except = 0): Set<string> {
  const members = network.servers.filter(id => id !== except).map(id => state.servers.get(id));
  const entries = members.flatMap(server => server?.private_net.filter(net => net.network === network.id) ?? []);
  return new Set(entries.flatMap(entry => [entry.ip, ...entry.alias_ips]));
}

function freeAddress(network: Network, subnet: Subnet, taken: ReadonlySet<string>): string {
  const range = parseRange(subnet.ip_range ?? '')!;
  // The first address names the subnet and the last is for everybody.
  for (let offset = 1; offset < 2 ** (32 - range.bits) - 1; offset += 1) {
    const ip = formatAddress(range.base + offset);
    if (!taken.has(ip) && network.subnets.every(other => other.gateway !== ip)) return ip;
  }
  throw refused('no_subnet_available', 'subnet is full');
}
