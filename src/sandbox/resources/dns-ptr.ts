import type { DnsPtr } from '../../core/hetzner/types.ts';
import { startAction } from '../actions.ts';
import { defaultName } from '../addresses.ts';
import { type Collection, find, replyAction, resourceOf, route } from '../collection.ts';
import { readInput } from '../input.ts';
import { invalidField } from '../problem.ts';
import type { Call, Reply, Route } from '../route.ts';

interface Address {
  id: number;
  ip: string;
  type: string;
  dns_ptr: DnsPtr[];
}

/** The route that sets the name of an address of its own. */
export function dnsRoute<Row extends Address>(collection: Collection<Row>): Route {
  return route('POST', `/${collection.many}/{id}/actions/change_dns_ptr`, call => {
    const row = find(collection, call.state, call.id);
    return changeName(call, [row], resourceOf(collection, row.id));
  });
}

/** Answers change_dns_ptr for whichever of the addresses the request names; null puts the default name back. */
export function changeName(call: Call, addresses: readonly Address[], resource: { id: number; type: string }): Reply {
  const input = readInput(call.body);
  const ip = input.text('ip', { required: true });
  const name = input.text('dns_ptr', { max: 253 });
  if (!input.has('dns_ptr')) input.complain('dns_ptr', 'is required');
  input.done();
  const address = addresses.find(address => owns(address, ip));
  if (!address) throw invalidField('ip', `'${ip}' does not belong to this resource`);
  const action = startAction(call.state, {
    command: 'change_dns_ptr',
    resources: [resource],
    ms: 300,
    locks: false,
    effect() {
      const others = address.dns_ptr.filter(entry => entry.ip !== ip);
      const wanted = name ?? (address.type === 'ipv4' ? defaultName(ip) : undefined);
      address.dns_ptr = wanted === undefined ? others : [...others, { ip, dns_ptr: wanted }];
    },
  });
  return replyAction(call.state, action);
}

/** An IPv6 address is a whole network, of which every address may have a name. */
function owns(address: Address, ip: string): boolean {
  if (address.type === 'ipv4') return address.ip === ip;
  const prefix = address.ip.replace(/:\/64$/, '');
  return ip.startsWith(prefix) && /^[0-9a-f:]+$/i.test(ip);
}
