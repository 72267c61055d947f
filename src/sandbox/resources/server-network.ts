import { on } from '../actions.ts';
import { replyAction, route } from '../collection.ts';
import { type Input, readInput } from '../input.ts';
import { notFound, refused } from '../problem.ts';
import type { Call, Reply, Route } from '../route.ts';
import { changeName } from './dns-ptr.ts';
import { joinNetwork, leaveNetwork, requireFree, takenAddresses } from './network-members.ts';
import { freeServer, serverAction } from './server-deed.ts';

/** A server's place in private networks, and the names of its public addresses. */
export const networkRoutes: readonly Route[] = [
  route('POST', '/servers/{id}/actions/attach_to_network', attachToNetwork),
  route(
    'POST',
    '/servers/{id}/actions/detach_from_network',
    serverAction((row, { state, body }) => {
      const network = readNetwork(readInput(body), state);
      if (!network.servers.includes(row.id)) throw refused('invalid_input', 'server is not attached to the network');
      return {
        command: 'detach_from_network',
        resources: [on('network', network.id)],
        ms: 800,
        effect: () => leaveNetwork(row, network),
      };
    }),
  ),
  route(
    'POST',
    '/servers/{id}/actions/change_alias_ips',
    serverAction((row, { state, body }) => {
      const input = readInput(body);
      const aliases = input.texts('alias_ips', { required: true });
      const network = readNetwork(input, state);
      const entry = row.private_net.find(entry => entry.network === network.id);
      if (!entry) throw refused('invalid_input', 'server is not attached to the network');
      const taken = takenAddresses(state, network, row.id).add(entry.ip);
      for (const ip of aliases) requireFree(network, ip, taken);
      return {
        command: 'change_alias_ips',
        resources: [on('network', network.id)],
        ms: 500,
        effect() {
          entry.alias_ips = aliases;
        },
      };
    }),
  ),
  route('POST', '/servers/{id}/actions/change_dns_ptr', call => {
    const row = call.state.servers.get(call.id);
    if (!row) throw notFound('server', call.id);
    const addresses = [row.ipv4, row.ipv6].flatMap(id => call.state.primary_ips.get(id ?? 0) ?? []);
    return changeName(call, addresses, on('server', row.id));
  }),
];

function attachToNetwork({ state, id, body }: Call): Reply {
  const row = freeServer(state, id);
  const input = readInput(body);
  const ip = input.text('ip');
  const alias_ips = input.texts('alias_ips');
  const ip_range = input.text('ip_range');
  const network = readNetwork(input, state);
  return replyAction(state, joinNetwork(state, row, network, { ip, alias_ips, ip_range }));
}

/** Reads the field `network` and closes the input. */
function readNetwork(input: Input, state: Call['state']) {
  const id = input.integer('network', { required: true });
  const network = state.networks.get(id);
  if (!network) input.complain('network', `network with ID '${id}' not found`);
  input.done();
  return network!;
}
