import { describe, expect, it } from 'vitest';
import { HETZNER_ENDPOINT } from '../../../src/core/config/endpoint.ts';
import { readHcloudConfig } from '../../../src/core/config/hcloud.ts';

describe("hcloud's configuration", () => {
  it('is taken over with endpoints, tokens and the preferences that cloudctl has too', () => {
    const config = readHcloudConfig({
      active_context: 'a',
      preferences: { debug: true, hetzner_endpoint: 'https://x', sort: { server: ['name'], unheard: ['x'] } },
      contexts: [
        {
          name: 'a',
          token: 't',
          preferences: { poll_interval: 2_000_000_000, http_timeout: '1m', default_ssh_keys: ['1', '2'] },
        },
        { name: 'b', token: 7 },
      ],
    });
    expect(config).toEqual({
      active: 'a',
      preferences: { debug: true, hetzner_endpoint: 'https://x', sort: { server: ['name'] } },
      contexts: [
        {
          name: 'a',
          endpoint: HETZNER_ENDPOINT,
          token: 't',
          preferences: { poll_interval: '2s', http_timeout: '1m', default_ssh_keys: ['1', '2'] },
        },
        { name: 'b', endpoint: HETZNER_ENDPOINT, token: undefined, preferences: {} },
      ],
    });
  });

  it('gives each context the endpoint that hcloud would use: its own, or the global one', () => {
    const { contexts, preferences } = readHcloudConfig({
      preferences: { endpoint: 'https://all.example.com' },
      contexts: [{ name: 'a', preferences: { endpoint: 'https://a.example.com' } }, { name: 'b' }],
    });
    expect(contexts.map(({ endpoint }) => endpoint)).toEqual(['https://a.example.com', 'https://all.example.com']);
    expect(preferences).toEqual({});
  });

  it('loses only what cannot be read', () => {
    const { preferences } = readHcloudConfig({
      preferences: { poll_interval: '1.5µs', debug: 'maybe', quiet: true, sort: 1, debug_file: { x: 1 } },
    });
    expect(preferences).toEqual({ quiet: true });
  });
});
