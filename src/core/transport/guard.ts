import type { LookupAddress } from 'node:dns';
import { lookup } from 'node:dns/promises';
import { BlockList, isIP, type LookupFunction } from 'node:net';
import { Failure } from '../failure.ts';

/** Networks that belong to the host, to its neighbours, or to nobody: no address that a user gives may lead there. */
const networks = [
  ...['0.0.0.0/8', '10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '169.254.0.0/16', '172.16.0.0/12', '192.0.0.0/24'],
  ...['192.0.2.0/24', '192.168.0.0/16', '198.18.0.0/15', '198.51.100.0/24', '203.0.113.0/24', '224.0.0.0/3'],
  // Of IPv6 only global addresses are the internet's, and of those not the ones that hold others.
  ...['::/3', '4000::/2', '8000::/1', '2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20'],
];

/** What finds the addresses of a host. */
export type Lookup = (host: string) => Promise<readonly LookupAddress[]>;

/** The same as the system finds. */
export const lookUp: Lookup = host => lookup(host, { all: true });

/** Gives the addresses of a host that may be connected to. */
export type Guard = (host: string) => Promise<readonly LookupAddress[]>;

/** Lets to the internet, and to the networks that are allowed (`10.0.0.0/8`, `127.0.0.1`) by the key of the configuration that is named. Throws `unreachable` for a name that is not known, `refused` where an address is within any other network: a name that leads there too is not to be trusted. */
export function createGuard(lookup: Lookup, allowed: () => readonly string[], key: string): Guard {
  const closed = listOf(networks);
  return async host => {
    const bare = host.replace(/^\[|\]$/g, '');
    const literal = isIP(bare);
    const found = literal ? [{ address: bare, family: literal }] : await find(lookup, bare);
    const open = listOf(allowed());
    const wrong = found.find(one => isWithin(closed, one) && !isWithin(open, one));
    if (!wrong && found.length > 0) return found;
    if (!wrong) throw new Failure('unreachable', `${host} has no address`);
    const where = literal ? `${bare} is` : `${host} leads to ${wrong.address},`;
    throw new Failure('refused', `${where} an address of the daemon's own networks, which ${key} does not name`, {
      hint: `Name the network in ${key} of the daemon's configuration where that is meant`,
    });
  };
}

/** What a socket looks a name up with that was looked up already: a second look could lead elsewhere. */
export function pinned(addresses: readonly LookupAddress[]): LookupFunction {
  return (_host, options, callback) => {
    const wanted = addresses.filter(one => !options.family || one.family === options.family);
    const [first] = wanted;
    if (!first) callback(Object.assign(new Error('no address'), { code: 'ENOTFOUND' }), []);
    else if (options.all) callback(null, [...wanted]);
    else callback(null, first.address, first.family);
  };
}

type Lists = Readonly<Record<'ipv4' | 'ipv6', BlockList>>;

/** One list for each family: in a common one a network of IPv6 takes addresses of IPv4 too. */
function listOf(texts: readonly string[]): Lists {
  const lists = { ipv4: new BlockList(), ipv6: new BlockList() };
  for (const text of texts) {
    const [address = '', bits] = text.split('/');
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
    lists[family].addSubnet(address, Number(bits ?? (family === 'ipv6' ? 128 : 32)), family);
  }
  return lists;
}

function isWithin(lists: Lists, { address, family }: LookupAddress): boolean {
  const name = family === 6 ? 'ipv6' : 'ipv4';
  return lists[name].check(address, name);
}

async function find(lookup: Lookup, host: string): Promise<readonly LookupAddress[]> {
  try {
    return await lookup(host);
  } catch (cause) {
    throw new Failure('unreachable', `${host}: its name cannot be looked up`, { cause });
  }
}
