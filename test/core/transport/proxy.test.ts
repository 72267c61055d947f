import { describe, expect, it } from 'vitest';
import type { Failure } from '../../../src/core/failure.ts';
import { isLoopback } from '../../../src/core/transport/loopback.ts';
import { proxyFor } from '../../../src/core/transport/proxy.ts';

const hetzner = new URL('https://api.hetzner.cloud/v1');

describe('proxyFor', () => {
  it('takes the proxy of the environment, the lower-case name first', () => {
    expect(proxyFor(hetzner, { HTTPS_PROXY: 'http://upper:1' })?.url.host).toBe('upper:1');
    expect(proxyFor(hetzner, { HTTPS_PROXY: 'http://upper:1', https_proxy: 'http://lower:1' })?.url.host).toBe(
      'lower:1',
    );
    expect(proxyFor(hetzner, { HTTPS_PROXY: 'proxy:3128' })?.url.href).toBe('http://proxy:3128/');
    expect(proxyFor(hetzner, { HTTP_PROXY: 'http://plain:1' })).toBeUndefined();
    expect(proxyFor(hetzner, { HTTPS_PROXY: '' })).toBeUndefined();
  });

  it('keeps user and password out of the URL and puts them into the header', () => {
    const proxy = proxyFor(hetzner, { HTTPS_PROXY: 'http://an%40a:p%3Aw@proxy:3128' });
    expect(proxy?.url.href).toBe('http://proxy:3128/');
    expect(proxy?.authorization).toBe(`Basic ${Buffer.from('an@a:p:w').toString('base64')}`);
    expect(proxyFor(hetzner, { HTTPS_PROXY: 'http://a:100%@proxy' })?.authorization).toContain('Basic ');
  });

  it.each([
    ['*', true],
    ['hetzner.cloud', true],
    ['.hetzner.cloud', true],
    ['*.hetzner.cloud', true],
    ['other.org, api.hetzner.cloud', true],
    ['API.HETZNER.CLOUD', true],
    ['api.hetzner.cloud:443', true],
    ['api.hetzner.cloud:8443', false],
    ['zner.cloud', false],
    ['.', false],
    ['other.org', false],
  ])('with NO_PROXY=%s the host is exempt: %s', (list, exempt) => {
    for (const name of ['NO_PROXY', 'no_proxy']) {
      expect(proxyFor(hetzner, { HTTPS_PROXY: 'http://proxy:1', [name]: list }) === undefined).toBe(exempt);
    }
  });

  it('never sends loopback through a proxy', () => {
    const env = { HTTPS_PROXY: 'http://proxy:1', http_proxy: 'http://proxy:1' };
    for (const url of ['http://localhost:1', 'http://127.0.0.1', 'https://[::1]:2', 'https://api.localhost']) {
      expect(proxyFor(new URL(url), env)).toBeUndefined();
    }
  });

  it.each(['http://user:hunter2@', 'socks5://user:hunter2@proxy:1'])(
    'refuses %s without showing the password',
    value => {
      try {
        proxyFor(hetzner, { HTTPS_PROXY: value });
        expect.unreachable();
      } catch (error) {
        expect(error).toMatchObject({ code: 'usage' });
        expect(`${(error as Failure).message} ${(error as Failure).hint}`).toContain('HTTPS_PROXY');
        expect(`${(error as Failure).stack} ${(error as Failure).hint}`).not.toContain('hunter2');
      }
    },
  );
});

describe('isLoopback', () => {
  it('is this machine only, not a name that begins like it', () => {
    for (const host of ['localhost', 'LOCALHOST', '127.0.0.1', '127.9.9.9', '[::1]'])
      expect(isLoopback(host)).toBe(true);
    for (const host of ['localhost.example.org', '127.0.0.1.nip.io', '10.0.0.1', '[::2]']) {
      expect(isLoopback(host)).toBe(false);
    }
  });
});
