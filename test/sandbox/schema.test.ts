import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { createFinder } from '../../src/sandbox/route.ts';
import { routes } from '../../src/sandbox/routes.ts';
import { createValidator } from '../helpers/schema.ts';

const validator = createValidator();

afterEach(() => vi.unstubAllEnvs());

describe.skipIf(!validator)('the comparison with Hetzner’s document', () => {
  const request = (method: string, path: string, query = '', requestBody?: unknown) =>
    validator!.checkRequest({ method, path, query, requestBody });

  test('finds nothing in what is right', () => {
    const body = { name: 'a', server_type: 'cx23', image: 'debian-13' };
    expect(request('POST', '/v1/servers', '', body)).toEqual([]);
    expect(request('GET', '/servers', 'status=off&sort=name:desc&page=2')).toEqual([]);
    expect(request('GET', '/actions', 'id=1&id=2')).toEqual([]);
  });

  test('tells paths, parameters and properties that are unknown, missing or wrong', () => {
    expect(request('GET', '/v1/serverz')).toEqual(['GET /v1/serverz: no such operation']);
    expect(request('GET', '/datacenters')).toEqual(['GET /datacenters: deprecated operation']);
    expect(request('GET', '/servers', 'colour=red')).toEqual(['GET /servers: unknown query parameter colour']);
    expect(request('GET', '/servers', 'page=x')[0]).toContain('query parameter page must be integer');
    expect(request('GET', '/servers/1/metrics', 'type=cpu')).toHaveLength(2);
    expect(request('POST', '/volumes', '', { name: 'a', size: '10' })[0]).toContain('/size must be integer');
    expect(request('POST', '/volumes', '', { name: 'a', size: 10, colour: 1 })[0]).toContain('(colour)');
    expect(request('POST', '/servers', '', { name: 'a' })).toHaveLength(2);
    expect(request('POST', '/servers/1/actions/poweron', '', { hard: true })[0]).toContain('takes no body');
  });

  test('tells replies that are wrong, and lets spoilt ones pass', () => {
    const reply = (status: number, responseBody: unknown, fault?: string) =>
      validator!.checkResponse({ method: 'GET', path: '/locations', status, responseBody, ...(fault && { fault }) });
    expect(reply(200, { locations: [] })[0]).toContain("must have required property 'meta'");
    expect(reply(404, { error: 'no' })[0]).toContain('/error must be object');
    expect(reply(404, { error: { code: 'a', message: 'b', details: null } })).toEqual([]);
    expect(reply(200, 'garbage', 'garbage')).toEqual([]);
    expect(reply(0, undefined)).toEqual([]);
  });

  test('every operation of the document is there', () => {
    const file = process.env.CLOUDCTL_HETZNER_SPEC || new URL('../../../shared/hetzner/openapi.json', import.meta.url);
    const document = JSON.parse(readFileSync(file, 'utf8')) as { paths: Record<string, object> };
    const find = createFinder(routes);
    const missing = Object.entries(document.paths)
      .flatMap(([path, methods]) => Object.keys(methods).map(method => [method.toUpperCase(), path] as const))
      .filter(([method, path]) => !find(method, path.replace(/\{\w+\}/g, '1'))?.route);
    expect(missing).toEqual([]);
  });
});

test('where the document is absent there is no validator, except where services are required', () => {
  vi.stubEnv('CLOUDCTL_HETZNER_SPEC', '/nowhere/openapi.json');
  vi.stubEnv('CI', '');
  vi.stubEnv('CLOUDCTL_REQUIRE_SERVICES', '');
  expect(createValidator()).toBeUndefined();
  vi.stubEnv('CLOUDCTL_REQUIRE_SERVICES', '1');
  expect(() => createValidator()).toThrow('is required');
});
