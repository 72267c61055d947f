import { createHash } from 'node:crypto';
import { get as httpGet } from 'node:http';
import { gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { startSandbox } from '../../src/sandbox/index.ts';
import { type Json, makeServer, open, publicKey } from './open.ts';

test('a path that does not exist is told before the token is looked at', async () => {
  const { call } = await open();
  const answer = await call('GET', '/nothing', undefined, { Authorization: '' });
  expect(answer.status).toBe(404);
  expect(answer.body.error).toEqual({ code: 'not_found', message: 'api route not found', details: null });
});

test('a request without a token, and one with a wrong token, are unauthorized in different words', async () => {
  const { call } = await open();
  const none = await call('GET', '/servers', undefined, { Authorization: '' });
  const wrong = await call('GET', '/servers', undefined, { Authorization: `Bearer ${'x'.repeat(64)}` });
  expect([none.status, none.body.error.code, none.body.error.message]).toEqual([
    401,
    'unauthorized',
    'token is required',
  ]);
  expect([wrong.status, wrong.body.error.message]).toEqual([401, 'the token you have provided is invalid']);
});

test('the read-only token reads and does not write', async () => {
  const { call, sandbox } = await open();
  const headers = { Authorization: `Bearer ${sandbox.readOnlyToken}` };
  expect(sandbox.readOnlyToken).toMatch(/^[A-Za-z0-9]{64}$/);
  expect((await call('GET', '/servers', undefined, headers)).status).toBe(200);
  const refused = await call('POST', '/ssh_keys', { name: 'a', public_key: publicKey() }, headers);
  expect(refused.body.error.code).toBe('token_readonly');
});

test('a method that a path does not have is 405', async () => {
  const { refusal } = await open();
  expect(await refusal('DELETE', '/pricing')).toBe('method_not_allowed 405');
  expect(await refusal('PATCH', '/servers')).toBe('method_not_allowed 405');
});

test('a body that is not JSON, or not an object, is a json_error', async () => {
  const { refusal } = await open();
  expect(await refusal('POST', '/ssh_keys', '{"name":')).toBe('json_error 400');
  expect(await refusal('POST', '/ssh_keys', '[]')).toBe('json_error 400');
  expect(await refusal('POST', '/ssh_keys', 'null')).toBe('json_error 400');
});

test('datacenters are gone, with an announcement', async () => {
  const { call } = await open();
  const { status, body } = await call('GET', '/datacenters');
  expect([status, body.error.code]).toEqual([410, 'deprecated_api_endpoint']);
  expect(body.error.details.announcement).toMatch(/^https:/);
});

test('every reply tells the rate limit, a correlation id, and that it is a sandbox', async () => {
  const { call } = await open();
  for (const path of ['/servers', '/nothing']) {
    const { headers } = await call('GET', path);
    expect(headers.get('x-correlation-id')).toMatch(/^[0-9a-f]{16}$/);
    expect(headers.get('x-sandbox')).toBe('cloudctl');
    expect(headers.get('ratelimit-limit')).toBe('3600');
  }
});

test('the bucket of requests empties, answers 429, and refills by limit/3600 a second', async () => {
  const { call, clock } = await open({ rateLimit: 7200 });
  let answer = await call('GET', '/locations');
  expect(answer.headers.get('ratelimit-remaining')).toBe('7199');
  // An unauthenticated request counts too.
  await call('GET', '/locations', undefined, { Authorization: '' });
  answer = await call('GET', '/locations');
  expect(answer.headers.get('ratelimit-remaining')).toBe('7197');
  clock.advance(1000);
  expect((await call('GET', '/locations')).headers.get('ratelimit-remaining')).toBe('7198');
});

test('an empty bucket says so, and reset is when it is full again', async () => {
  const { call, clock } = await open({ rateLimit: 2 });
  await call('GET', '/locations');
  await call('GET', '/locations');
  const { status, body, headers } = await call('GET', '/locations');
  expect(status).toBe(429);
  expect(body).toEqual({
    error: { code: 'rate_limit_exceeded', message: 'limit of 2 requests per hour reached', details: null },
  });
  expect(headers.get('ratelimit-remaining')).toBe('0');
  expect(Number(headers.get('ratelimit-reset'))).toBe(clock.now() / 1000 + 3600);
  clock.advance(1_800_000);
  expect((await call('GET', '/locations')).status).toBe(200);
});

test('a large body is compressed for clients that take it, and is the same', async () => {
  const { sandbox } = await open();
  const fetchRaw = (headers: Record<string, string>) =>
    new Promise<{ encoding: string | undefined; bytes: Buffer }>(resolve => {
      const options = { headers: { Authorization: `Bearer ${sandbox.token}`, ...headers } };
      httpGet(`${sandbox.url}/server_types`, options, response => {
        const chunks: Buffer[] = [];
        response.on('data', chunk => chunks.push(chunk));
        response.on('end', () =>
          resolve({ encoding: response.headers['content-encoding'], bytes: Buffer.concat(chunks) }),
        );
      });
    });
  const plain = await fetchRaw({});
  const packed = await fetchRaw({ 'Accept-Encoding': 'gzip' });
  expect(plain.encoding).toBeUndefined();
  expect(packed.encoding).toBe('gzip');
  const hash = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');
  expect(hash(gunzipSync(packed.bytes))).toBe(hash(plain.bytes));
});

test('requests are remembered with query and body', async () => {
  const { call, sandbox } = await open();
  await call('GET', '/servers?page=1');
  await call('PUT', '/servers/1', { name: 'x' });
  expect(sandbox.requests).toEqual([
    { method: 'GET', path: '/servers?page=1', body: undefined },
    { method: 'PUT', path: '/servers/1', body: { name: 'x' } },
  ]);
});

test('the control endpoints tell, add faults and start over', async () => {
  const opened = await open({ seed: { servers: 2 } });
  const { sandbox, get } = opened;
  const root = sandbox.url.replace('/v1', '');
  const ask = async (method: string, path: string, body?: unknown): Promise<Json> => {
    const response = await fetch(root + path, { method, ...(body !== undefined && { body: JSON.stringify(body) }) });
    expect(response.headers.get('x-sandbox')).toBe('cloudctl');
    return response.json();
  };
  await makeServer(opened);
  expect(await ask('GET', '/_sandbox')).toMatchObject({ sandbox: true, name: 'cloudctl sandbox', requests: 2 });
  expect((await ask('GET', '/_sandbox/requests')).requests).toHaveLength(2);
  await ask('POST', '/_sandbox/faults', { kind: 'status', status: 503, path: '/servers' });
  await expect(get('/servers')).rejects.toThrow('unavailable');
  await ask('POST', '/_sandbox/faults', { kind: 'status', status: 503 });
  await ask('DELETE', '/_sandbox/faults');
  expect((await get('/servers')).servers).toHaveLength(3);
  expect((await ask('POST', '/_sandbox/faults', { kind: 'magic' })).error.code).toBe('invalid_input');
  await ask('POST', '/_sandbox/reset');
  expect((await get('/servers')).servers).toHaveLength(2);
  expect(sandbox.requests).toHaveLength(1);
  expect(await (await fetch(`${root}/`)).text()).toContain('nothing here is real');
});

test('it listens on loopback only', async () => {
  await expect(startSandbox({ host: '0.0.0.0' })).rejects.toThrow('loopback only');
});
