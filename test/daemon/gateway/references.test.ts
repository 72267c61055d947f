import { describe, expect, it } from 'vitest';
import { resolveReferences } from '../../../src/daemon/gateway/references.ts';

const asked: string[] = [];
const resolve = async (type: string, value: string | number) => {
  asked.push(`${type} ${value}`);
  return typeof value === 'number' ? value + 100 : `${value}!`;
};

describe('the resources that a body names', () => {
  it('are each asked for, and replaced by what is meant', async () => {
    asked.length = 0;
    const body = {
      name: 'web-1',
      image: 'debian-13',
      ssh_keys: ['mine', '12'],
      firewalls: [{ firewall: 4 }, { firewall: 5 }],
      public_net: { enable_ipv4: true, ipv4: 9, ipv6: null },
    };
    const references = {
      image: 'images',
      'ssh_keys[]': 'ssh_keys',
      'firewalls[].firewall': 'firewalls',
      'public_net.ipv4': 'primary_ips',
      'public_net.ipv6': 'primary_ips',
      'networks[]': 'networks',
    };
    expect(await resolveReferences(body, references, resolve)).toEqual({
      name: 'web-1',
      image: 'debian-13!',
      ssh_keys: ['mine!', '12!'],
      firewalls: [{ firewall: 104 }, { firewall: 105 }],
      public_net: { enable_ipv4: true, ipv4: 109, ipv6: null },
    });
    expect(asked).toEqual([
      'images debian-13',
      'ssh_keys mine',
      'ssh_keys 12',
      'firewalls 4',
      'firewalls 5',
      'primary_ips 9',
    ]);
    expect(body.firewalls).toEqual([{ firewall: 4 }, { firewall: 5 }]);
  });

  it.each([
    [{ server: [1] }, { server: 'servers' }],
    [{ server: { id: 1 } }, { server: 'servers' }],
    [{ server: true }, { server: 'servers' }],
    [{ apply_to: { server: { id: 1 } } }, { 'apply_to[].server.id': 'servers' }],
    [{ apply_to: [[{ server: { id: 1 } }]] }, { 'apply_to[].server.id': 'servers' }],
    [{ apply_to: [{ server: 1 }] }, { 'apply_to[].server.id': 'servers' }],
    [{ apply_to: 'all' }, { 'apply_to[].server.id': 'servers' }],
  ])('are refused in another form than the API’s, which Hetzner could read otherwise: %j', async (body, references) => {
    await expect(
      resolveReferences(body, references as unknown as Record<string, string>, resolve),
    ).rejects.toMatchObject({
      apiCode: 'invalid_input',
    });
  });
});
