import { BlockList, isIP } from 'node:net';

/** Says which address a request comes from: the peer's, or what the nearest trusted proxy has said. */
export type FindAddress = (peer: string | undefined, forwarded: string | undefined) => string;

/** Reads X-Forwarded-For from its end, past every address that is a trusted proxy: what stands further left anybody may have written. A Unix socket has no address: `socket`. */
export function addressFinder(networks: readonly string[]): FindAddress {
  const trusted = new BlockList();
  for (const network of networks) {
    const [address = '', bits] = network.split('/');
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
    if (bits === undefined) trusted.addAddress(address, family);
    else trusted.addSubnet(address, Number(bits), family);
  }
  const isTrusted = (address: string) =>
    isIP(address) !== 0 && trusted.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');
  return (peer, forwarded) => {
    if (peer === undefined) return 'socket';
    let address = plain(peer);
    for (const claimed of (forwarded ?? '').split(',').reverse().map(plain)) {
      if (!isTrusted(address) || isIP(claimed) === 0) break;
      address = claimed;
    }
    return address;
  };
}

// An IPv4 peer of a socket for both families is told as ::ffff:10.0.0.1.
function plain(address: string): string {
  return address.trim().replace(/^::ffff:(?=\d+\.)/i, '');
}
