import { BlockList, isIP } from 'node:net';

/** Says which address a request comes from: the peer's, or what the nearest trusted proxy has said. */
export type FindAddress = (peer: string | undefined, forwarded: string | undefined) => string;

/** Reads X-Forwarded-For from its end, past every address that is a trusted proxy: what stands further left anybody may have written. One that is gone is `unknown`. */
export function addressFinder(networks: readonly string[]): FindAddress {
  const isTrusted = listOf(networks);
  return (peer, forwarded) => {
    if (peer === undefined) return 'unknown';
    let address = plain(peer);
    for (const claimed of (forwarded ?? '').split(',').reverse().map(plain)) {
      if (isIP(claimed) === 0 || !isTrusted(address)) break;
      address = claimed;
    }
    return address;
  };
}

/** Says whether a peer may speak to the daemon at all: over plain http only this machine and the proxies, so that no token travels readably. */
export function peerFilter(networks: readonly string[], isEncrypted: boolean): (peer: string | undefined) => boolean {
  const isTrusted = listOf([...networks, '127.0.0.0/8', '::1']);
  return peer => isEncrypted || isTrusted(plain(peer ?? ''));
}

const mostKnown = 100;

function listOf(networks: readonly string[]): (address: string) => boolean {
  const list = new BlockList();
  for (const network of networks) {
    const [address = '', bits] = network.split('/');
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
    if (bits === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(bits), family);
  }
  // The same few come with every request.
  const known = new Map<string, boolean>();
  return address => {
    const isListed =
      known.get(address) ?? (isIP(address) !== 0 && list.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4'));
    if (known.size >= mostKnown) known.clear();
    known.set(address, isListed);
    return isListed;
  };
}

// An IPv4 peer of a socket for both families is told as ::ffff:10.0.0.1.
function plain(address: string): string {
  return address.trim().replace(/^::ffff:(?=\d+\.)/i, '');
}
