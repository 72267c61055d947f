import { describe, expect, it } from 'vitest';
import { HETZNER_ENDPOINT, originOf, parseEndpoint } from '../../../src/core/config/endpoint.ts';
import { failureOf } from './home.ts';

describe('an endpoint', () => {
  it.each([
    ['https://api.hetzner.cloud/v1', 'https://api.hetzner.cloud/v1'],
    ['https://example.com/v1///', 'https://example.com/v1'],
    ['HTTPS://Example.COM:443', 'https://example.com'],
    ['http://localhost:8080/v1', 'http://localhost:8080/v1'],
    ['http://127.0.0.1:1', 'http://127.0.0.1:1'],
    ['http://127.9.8.7/v1', 'http://127.9.8.7/v1'],
    ['http://[::1]:99/v1', 'http://[::1]:99/v1'],
  ])('%s is taken as %s', (typed, parsed) => {
    expect(parseEndpoint(typed)).toBe(parsed);
  });

  it.each(['http://example.com/v1', 'http://localhost.example.com', 'http://127.0.0.1.example.com', 'http://10.0.0.1'])(
    '%s is refused, since plain http is for this machine only',
    async typed => {
      const failure = await failureOf(() => parseEndpoint(typed));
      expect(failure).toMatchObject({ code: 'usage', message: expect.stringContaining('plain http') });
      expect(failure.hint).toMatch(/^Use https:/);
    },
  );

  it.each(['', 'api.hetzner.cloud', 'ftp://example.com', '/v1', 'file:///etc/passwd'])(
    '%j is no address',
    async typed => {
      expect(await failureOf(() => parseEndpoint(typed))).toMatchObject({
        code: 'usage',
        hint: `Such as ${HETZNER_ENDPOINT}`,
      });
    },
  );

  it('never repeats a password that stands in it', async () => {
    const failure = await failureOf(() => parseEndpoint('https://me:hunter2@example.com'));
    expect(failure.code).toBe('usage');
    expect(failure.message + failure.hint).not.toContain('hunter2');
  });

  it('has an origin of scheme, host and port', () => {
    expect(originOf('https://example.com:8443/v1')).toBe('https://example.com:8443');
  });
});
