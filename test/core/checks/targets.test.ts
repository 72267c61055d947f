import { createServer } from 'node:http';
import { describe, expect, it } from 'vitest';
import { createGuard, type Lookup } from '../../../src/core/transport/guard.ts';
import { networksOfChecks } from '../../../src/daemon/config/networks.ts';
import { listen, look } from './look.ts';

const guard = (allowed: readonly string[], lookup: Lookup = async () => []) =>
  createGuard(lookup, () => allowed, 'allow-private-checks');

/** A server that notes who has asked it for what. */
async function serve(reply: (path: string) => [status: number, location?: string] = () => [200]) {
  const asked: string[] = [];
  const port = await listen(
    createServer((request, response) => {
      asked.push(`${request.headers.host} ${request.url}`);
      const [status, location] = reply(request.url!);
      response.writeHead(status, location === undefined ? {} : { location }).end('hello');
    }),
  );
  return { port, asked };
}

describe('no check connects to the own networks of the daemon', () => {
  const kinds = (host: string, port: number): [string, object][] => [
    ['http', { url: `http://${host.includes(':') ? `[${host}]` : host}:${port}/` }],
    ['tcp', { host, port }],
    ['tls', { host, port }],
    ['ping', { host }],
    ['dns', { host: 'www.example.com', nameserver: host.includes(':') ? `[${host}]:${port}` : `${host}:${port}` }],
  ];

  it.each(['127.0.0.1', '169.254.169.254', '10.0.0.3', '::1', 'fe80::1', '::ffff:127.0.0.1', 'fd00:ec2::254'])(
    'at %s, of whatever kind it is, and says which key would allow it',
    async address => {
      const { port, asked } = await serve();
      for (const [kind, settings] of kinds(address, port)) {
        await expect(look(kind, settings as never, { guard: guard([]) }), kind).rejects.toMatchObject({
          code: 'refused',
          message: expect.stringContaining("an address of the daemon's own networks"),
          hint: expect.stringContaining('allow-private-checks'),
        });
      }
      expect(asked).toEqual([]);
    },
  );

  it('however the number is written, or by a name that leads there', async () => {
    const { port, asked } = await serve();
    for (const host of ['2130706433', '0x7f.1', '127.1', '0177.0.0.1', 'localhost']) {
      const own: Lookup = async () => [{ address: '127.0.0.1', family: 4 }];
      for (const [kind, settings] of [
        ['http', { url: `http://${host}:${port}/` }],
        ['tcp', { host, port }],
      ] as const)
        await expect(look(kind, settings, { guard: guard([], own) })).rejects.toMatchObject({ code: 'refused' });
    }
    expect(asked).toEqual([]);
  });

  it('nor by a redirect, of which each step is looked at', async () => {
    const inner = await serve();
    const names: Readonly<Record<string, string>> = { 'inside.example.com': '127.0.0.2' };
    const lookup: Lookup = async host => [{ address: names[host] ?? '127.0.0.1', family: 4 }];
    for (const target of ['http://127.0.0.3', 'http://inside.example.com', 'http://[::1]']) {
      const outer = await serve(() => [302, `${target}:${inner.port}/secret`]);
      const url = `http://www.example.com:${outer.port}/`;
      await expect(look('http', { url }, { guard: guard(['127.0.0.1'], lookup) }), target).rejects.toMatchObject({
        code: 'refused',
      });
      expect(outer.asked).toHaveLength(1);
    }
    expect(inner.asked).toEqual([]);
  });
});

describe('the address that was looked at', () => {
  it.each(['http', 'tcp', 'tls'])(
    'is the one that a check of %s connects to, though the name leads elsewhere meanwhile',
    async kind => {
      const { port, asked } = await serve();
      let looks = 0;
      // First an address that is allowed and where nobody listens, then the one that must not be reached.
      const lookup: Lookup = async () => [{ address: looks++ === 0 ? '127.0.0.2' : '127.0.0.1', family: 4 }];
      const settings =
        kind === 'http' ? { url: `http://rebinding.example.com:${port}/` } : { host: 'rebinding.example.com', port };
      const found = await look(kind, settings, { guard: guard(['127.0.0.2'], lookup) });
      expect(found).toMatchObject({ outcome: 'down', message: 'the connection was refused' });
      expect([looks, asked]).toEqual([1, []]);
    },
  );

  it('is asked under the name that was given', async () => {
    const { port, asked } = await serve();
    const lookup: Lookup = async () => [{ address: '127.0.0.1', family: 4 }];
    const found = await look(
      'http',
      { url: `http://www.example.com:${port}/a` },
      { guard: guard(['127.0.0.1'], lookup) },
    );
    expect(found).toMatchObject({ outcome: 'up', timings: { dns: expect.any(Number) } });
    expect(asked).toEqual([`www.example.com:${port} /a`]);
  });

  it('that there is not makes the check down, in words', async () => {
    const unknown: Lookup = async () => {
      throw Object.assign(new Error('getaddrinfo ENOTFOUND'), { code: 'ENOTFOUND' });
    };
    for (const [kind, settings] of [
      ['http', { url: 'http://nowhere.example.com/' }],
      ['tcp', { host: 'nowhere.example.com', port: 1 }],
      ['ping', { host: 'nowhere.example.com' }],
    ] as const)
      expect(await look(kind, settings, { guard: guard([], unknown) })).toEqual({
        outcome: 'down',
        message: 'the name is not known',
      });
  });
});

describe('the networks that checks may connect to', () => {
  it('are the own ones while nobody comes in but by the socket, except where clouds tell their secrets', async () => {
    const own = guard(networksOfChecks({ 'allow-private-checks': undefined, listen: undefined }));
    for (const address of ['127.0.0.1', '::1', '10.0.0.3', '192.168.1.1', '172.31.0.1', '100.64.0.1', 'fd12::1'])
      expect(await own(address)).toHaveLength(1);
    for (const address of ['169.254.169.254', 'fe80::1', '0.0.0.0', '::ffff:10.0.0.3', '224.0.0.1'])
      await expect(own(address)).rejects.toMatchObject({ code: 'refused' });
  });

  it('are none where others can come in, but those that the configuration names', async () => {
    const listen = '127.0.0.1:8080';
    await expect(
      guard(networksOfChecks({ 'allow-private-checks': undefined, listen }))('10.0.0.3'),
    ).rejects.toMatchObject({ code: 'refused' });
    const named = guard(networksOfChecks({ 'allow-private-checks': ['10.0.0.0/24'], listen }));
    expect(await named('10.0.0.3')).toHaveLength(1);
    await expect(named('10.0.1.3')).rejects.toMatchObject({ code: 'refused' });
  });
});
