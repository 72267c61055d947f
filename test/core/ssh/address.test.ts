import { describe, expect, it } from 'vitest';
import { anyAddress, privateAddress, publicAddress } from '../../../src/core/ssh/address.ts';

const server = (more: object) => ({ id: 42, name: 'web-1', public_net: {}, private_net: [], ...more });
const ipv4 = { ip: '192.0.2.1' };
const ipv6 = { ip: '2001:db8::/64' };
const nets = [
  { network: 7, ip: '10.0.0.2' },
  { network: 8, ip: '10.1.0.2' },
];

describe('the address of a server', () => {
  it('is its IPv4, or the first of its IPv6 network', () => {
    const both = server({ public_net: { ipv4, ipv6 } });
    expect(publicAddress(both, false)).toBe('192.0.2.1');
    expect(publicAddress(both, true)).toBe('2001:db8::1');
  });

  it('fails with the other way in', () => {
    const fault = (one: ReturnType<typeof server>, six: boolean) => {
      try {
        return publicAddress(one, six);
      } catch (error) {
        return error;
      }
    };
    expect(fault(server({ public_net: { ipv6 } }), false)).toMatchObject({ code: 'not_found', hint: 'Add --ipv6' });
    expect(fault(server({ public_net: { ipv4 } }), true)).toMatchObject({ hint: 'Leave out --ipv6' });
    expect(fault(server({ private_net: nets }), false)).toMatchObject({
      message: 'server web-1 has no public IPv4 address',
      hint: 'It has a private one: cloudctl server ssh --network first',
    });
    expect(fault(server({}), false)).toMatchObject({ hint: undefined });
  });

  it('is the one in the network that is named, or in the first', () => {
    expect(privateAddress(server({ private_net: nets }), 8, 'back')).toBe('10.1.0.2');
    expect(privateAddress(server({ private_net: nets }), 'first', 'first')).toBe('10.0.0.2');
    expect(() => privateAddress(server({ private_net: nets }), 9, 'other')).toThrow('not attached to network other');
    expect(() => privateAddress(server({}), 'first', 'first')).toThrow('not attached to any network');
  });

  it('is whichever there is, to knock at', () => {
    expect(anyAddress(server({ public_net: { ipv6 } }))).toBe('2001:db8::1');
    expect(anyAddress(server({ private_net: nets }))).toBe('10.0.0.2');
    expect(() => anyAddress(server({}))).toThrow('has no address');
  });

  it('is never something that ssh would take for an option', () => {
    const evil = server({ public_net: { ipv4: { ip: '-oProxyCommand=evil' } } });
    expect(() => publicAddress(evil, false)).toThrow('has no IP address');
  });
});
