import { Failure } from '../failure.ts';
import { parsers } from '../parse.ts';
import type { Item } from '../resource.ts';
import { firstAddress } from '../resources/server-verbs.ts';

/** The server's public address; throws `not_found` when that kind is switched off. */
export function publicAddress(server: Item, ipv6: boolean): string {
  const address = ipv6 ? firstAddress(server.public_net?.ipv6?.ip) : server.public_net?.ipv4?.ip;
  if (address) return checkAddress(server, address);
  throw new Failure('not_found', `server ${server.name} has no public IPv${ipv6 ? 6 : 4} address`, {
    hint: otherWay(server, ipv6),
  });
}

/** The server's address in a network, of that id or the first; throws `not_found` when it is not attached. */
export function privateAddress(server: Item, network: number | 'first', name: string): string {
  const nets = (server.private_net ?? []) as readonly { network: number; ip: string }[];
  const net = network === 'first' ? nets[0] : nets.find(one => one.network === network);
  if (net) return checkAddress(server, net.ip);
  throw new Failure(
    'not_found',
    `server ${server.name} is not attached to ${network === 'first' ? 'any network' : `network ${name}`}`,
    {
      hint: `cloudctl server describe ${server.name}`,
    },
  );
}

/** The address that a server is most likely reached at: public IPv4, else public IPv6, else private. */
export function anyAddress(server: Item): string {
  const { ipv4, ipv6 } = server.public_net ?? {};
  const address = ipv4?.ip ?? firstAddress(ipv6?.ip) ?? server.private_net?.[0]?.ip;
  if (address) return checkAddress(server, address);
  throw new Failure('not_found', `server ${server.name} has no address`);
}

// An address goes to ssh as an argument: what only looks like an option there must not come that far.
function checkAddress(server: Item, address: string): string {
  try {
    return parsers.ip([address]);
  } catch (cause) {
    throw new Failure('unreachable', `the answer for server ${server.id} has no IP address: ${address}`, { cause });
  }
}

function otherWay(server: Item, ipv6: boolean): string | undefined {
  if (ipv6 ? server.public_net?.ipv4 : server.public_net?.ipv6) return ipv6 ? 'Leave out --ipv6' : 'Add --ipv6';
  return server.private_net?.length > 0 ? 'It has a private one: cloudctl server ssh --network first' : undefined;
}
