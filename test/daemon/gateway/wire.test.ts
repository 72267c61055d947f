import { writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Daemon } from '../../../src/daemon/daemon.ts';
import { type Exchange, type Sandbox, startSandbox } from '../../../src/sandbox/index.ts';
import { headOf, sendRaw } from '../../helpers/raw-http.ts';
import { startDaemonInside } from '../process/daemon-inside.ts';
import { daemonHome } from '../process/daemon-process.ts';

const token = 'admin-of-the-test'.padEnd(48, 'x');
const admin = `authorization: Bearer ${token}`;
const exchanges: Exchange[] = [];
let sandbox: Sandbox;
let daemon: Daemon;
let port: number;

beforeAll(async () => {
  sandbox = await startSandbox({ seed: {}, actionDuration: 50, observe: exchange => void exchanges.push(exchange) });
  const home = daemonHome();
  const file = (name: string, text: string) => {
    writeFileSync(join(home.folder, name), text, { mode: 0o600 });
    return join(home.folder, name);
  };
  const lines = {
    listen: '127.0.0.1:0',
    'admin-token-file': file('admin', token),
    'hetzner-token-file': file('hetzner', sandbox.token),
  };
  home.configure(
    Object.entries(lines)
      .map(([key, value]) => `${key} = "${value}"`)
      .join('\n'),
  );
  daemon = await startDaemonInside(home, { env: { CLOUDCTLD_HETZNER_ENDPOINT: sandbox.url } });
  port = Number(new URL(daemon.address!).port);
});
afterAll(async () => {
  await daemon.stop();
  await sandbox.stop();
});

/** Requests that came to Hetzner since the test began, other than those that the daemon makes by itself. */
let before = 0;
beforeEach(() => {
  before = sandbox.requests.length;
});
const sent = () =>
  sandbox.requests.slice(before).filter(({ path }) => !/^\/(locations|ssh_keys\/0|\w+\?per_page=)/.test(path));

const ask = (method: string, path: string, ...more: string[]) => sendRaw(port, headOf(method, path, admin, ...more));
const post = (path: string, body: string, ...more: string[]) =>
  sendRaw(port, headOf('POST', path, admin, `content-length: ${Buffer.byteLength(body)}`, ...more) + body);

describe('a path of Hetzner’s API', () => {
  it.each([
    ...[
      '//v1/servers',
      '/v1//servers',
      '/v1/servers/',
      '/V1/servers',
      '/v1/Servers',
      '/v1/servers%2f1',
      '/v1/%73ervers',
    ],
    ...[
      '/v1/volumes/%2e%2e/servers',
      '/v1/volumes/../servers',
      '/v1/./servers',
      '/v1/servers/1/../2',
      '/v1/servers;x=1',
    ],
    ...['/v1/servers/1%00', '/v1/servers/01', '/v1/servers/1e3', '/v1/servers/-1', '/v1/servers/9007199254740993'],
    ...['/v1/', '/v1', '/v1/constructor', '/v1/__proto__', '/v1/servers/1/actions/', '/v1/%e0%a4%a'],
    ...['/v1/../cloudctl/v1/users', '/projects/default/v1/../../other/v1/servers', '/projects/de%66ault/v1/servers'],
    ...['/projects/x/v1/servers', '/projects/__proto__/v1/servers', '/v1/../metrics', 'http://other.example/v1/x'],
  ])('that is written oddly is not there, and nothing of it is sent on: %s', async path => {
    const { status, headers, body } = await ask('GET', path);
    expect([path, status, JSON.parse(body).error]).toMatchObject([path, 404, { code: 'not_found', details: null }]);
    expect(headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
    expect(sent()).toEqual([]);
  });

  it.each(['HEAD', 'OPTIONS', 'PATCH', 'TRACE', 'PROPFIND', 'DELETE', 'POST'])(
    'takes no %s where Hetzner has none',
    async method => {
      const { status } = await ask(method, '/v1/locations');
      expect([404, 405, 400]).toContain(status);
      expect(sent()).toEqual([]);
    },
  );
});

it('is answered with an id of the request where nothing is served', async () => {
  for (const path of ['/v2/servers', '/V1/servers', '/']) {
    const { status, headers } = await ask('GET', path);
    expect([path, status, headers['x-correlation-id']]).toEqual([path, 404, headers['x-request-id']]);
  }
});

describe('a query', () => {
  it('of a list with the same name twice, or with one that Hetzner has not, is answered as Hetzner does', async () => {
    const twice = await ask('GET', '/v1/locations?name=fsn1&name=nbg1');
    expect(twice.status).toBe(200);
    for (const query of ['page=0', 'per_page=51', 'page=x', 'sort=nothing', 'label_selector=((', 'page=1e1']) {
      const { status, body } = await ask('GET', `/v1/servers?${query}`);
      expect([query, status, JSON.parse(body).error.code]).toEqual([query, 422, 'invalid_input']);
    }
  });
});

describe('every answer', () => {
  it('says what of the project’s requests is the caller’s, has an id, and is for nobody’s cache', async () => {
    const answers = [
      await ask('GET', '/v1/servers'),
      await ask('GET', '/v1/servers/1'),
      await ask('GET', '/v1/nothing'),
      await post('/v1/servers', '{"name":'),
      await ask('DELETE', '/v1/servers/1'),
    ];
    expect(answers.map(({ status }) => status)).toEqual([200, 404, 404, 400, 404]);
    for (const { headers, body } of answers) {
      // Half of them at least: the daemon itself asks too.
      expect(Number(headers['ratelimit-limit'])).toBeGreaterThanOrEqual(1800);
      expect(Number(headers['ratelimit-remaining'])).toBeGreaterThan(1500);
      expect(Number(headers['ratelimit-reset'])).toBeGreaterThan(1_700_000_000);
      expect(headers).toMatchObject({ 'content-type': 'application/json', 'cache-control': 'no-store' });
      expect(headers['x-correlation-id']).toBe(headers['x-request-id']);
      const { error } = JSON.parse(body);
      if (error) expect(error).toHaveProperty('details');
    }
  });

  it('to who is not known is 401 with details, and nothing is sent on', async () => {
    for (const more of [[], ['authorization: Bearer '], ['authorization: Bearer x'], ['authorization: Basic eDp5']]) {
      const { status, body, headers } = await sendRaw(port, headOf('GET', '/v1/servers', ...more));
      expect([status, JSON.parse(body).error]).toMatchObject([401, { code: 'unauthorized', details: null }]);
      expect(headers['www-authenticate']).toBe('Bearer');
    }
  });

  it('has nothing of the connection to Hetzner, and the request to Hetzner nothing of the caller’s', async () => {
    sandbox.fault({
      kind: 'delay',
      path: '/placement_groups',
      delay: 1,
      headers: { 'set-cookie': 'a=b', 'proxy-authenticate': 'Basic', 'keep-alive': 'timeout=9', server: 'theirs' },
    });
    const { status, text } = await ask('GET', '/v1/placement_groups', 'cookie: c=d', 'te: trailers', 'x-evil: 1');
    expect(status).toBe(200);
    expect(text).not.toMatch(/set-cookie|proxy-authenticate|theirs|timeout=9/i);
    const { requestHeaders } = exchanges.findLast(({ path }) => path === '/v1/placement_groups')!;
    expect(requestHeaders.authorization).toBe(`Bearer ${sandbox.token}`);
    expect(Object.keys(requestHeaders)).not.toEqual(expect.arrayContaining([expect.stringMatching(/cookie|^te$|x-/)]));
  });
});

describe('a request that two readers could take for two', () => {
  const evil = 'GET /v1/volumes HTTP/1.1\r\nhost: x\r\n\r\n';
  it.each<[string, string]>([
    ['length and pieces', headOf('POST', '/v1/servers', admin, 'content-length: 4', 'transfer-encoding: chunked')],
    ['two lengths', headOf('POST', '/v1/servers', admin, 'content-length: 4', 'content-length: 5')],
    ['a list of lengths', headOf('POST', '/v1/servers', admin, 'content-length: 4, 5')],
    ['a length with a sign', headOf('POST', '/v1/servers', admin, 'content-length: +4')],
    ['pieces that are none', headOf('POST', '/v1/servers', admin, 'transfer-encoding: xchunked')],
    ['a header that goes on', headOf('POST', '/v1/servers', admin, 'x: a\r\n b', 'content-length : 4')],
    ['bare line feeds', headOf('GET', '/v1/servers', admin).replaceAll('\r\n', '\n')],
    ['a null in a header', headOf('GET', '/v1/servers', admin, 'x: a\0b')],
    ['no host', `GET /v1/servers HTTP/1.1\r\n${admin}\r\nconnection: close\r\n\r\n`],
  ])('is refused and the connection closed: %s', async (_, head) => {
    const { text } = await sendRaw(port, `${head}0\r\n\r\n${evil}`);
    expect(text).toMatch(/^HTTP\/1\.1 (400|401)/);
    expect(text.match(/HTTP\/1\.1/g)).toHaveLength(1);
    expect(sent()).toEqual([]);
  });
});

describe('a body', () => {
  it.each<[string, string, number]>([
    ['that is no JSON', '{"name":', 400],
    ['that is null', 'null', 400],
    ['that is a list', '[]', 400],
    ['with __proto__', '{"__proto__":{"name":"x"}}', 422],
    ['as deep as it can be', '['.repeat(200_000) + ']'.repeat(200_000), 400],
    ['of more than a mebibyte', JSON.stringify({ user_data: 'x'.repeat(2 ** 20) }), 422],
  ])('%s is refused', async (_, body, status) => {
    const answer = await post('/v1/servers', body);
    expect(answer.status).toBe(status);
    expect(JSON.parse(answer.body).error).toHaveProperty('details');
    expect(answer.text.length).toBeLessThan(2_500);
  });

  it('of which only the length is too much is refused before it comes', async () => {
    const { status } = await ask('POST', '/v1/servers', 'content-length: 99999999999');
    expect(status).toBe(422);
    const chunked = headOf('POST', '/v1/servers', admin, 'transfer-encoding: chunked');
    expect((await sendRaw(port, chunked + `10000\r\n${'x'.repeat(65_536)}\r\n`.repeat(20))).status).toBe(422);
    expect(sent()).toEqual([]);
  });

  it('whose sender is gone before it is whole makes nothing', async () => {
    const body = JSON.stringify({ name: 'half', ip_range: '10.0.0.0/8' });
    const peer = connect(port, '127.0.0.1');
    peer.on('error', () => {});
    peer.write(headOf('POST', '/v1/networks', admin, `content-length: ${body.length + 1}`) + body);
    await expect.poll(() => peer.bytesWritten).toBeGreaterThan(body.length);
    peer.destroy();
    expect((await post('/v1/networks', JSON.stringify({ name: 'whole', ip_range: '10.0.0.0/8' }))).status).toBe(201);
    expect([...sandbox.state.networks.values()].map(({ name }) => name)).toEqual(['whole']);
  });
});

describe('a create', () => {
  const server = (name: string) => JSON.stringify({ name, server_type: 'cx23', image: 'debian-13', location: 'fsn1' });
  const posts = () => sent().filter(({ method, path }) => method === 'POST' && path === '/servers');

  it('whose sender went away is made all the same, once, and given to who sends it again with the same key', async () => {
    sandbox.fault({ kind: 'delay', method: 'POST', path: '/servers', delay: 500 });
    const peer = connect(port, '127.0.0.1');
    peer.on('error', () => {});
    const body = server('web-1');
    const head = ['idempotency-key: once', `content-length: ${body.length}`];
    peer.write(headOf('POST', '/v1/servers', admin, ...head) + body);
    await expect.poll(() => posts().length, { timeout: 10_000 }).toBe(1);
    peer.destroy();
    const again = await post('/v1/servers', body, 'idempotency-key: once');
    expect([again.status, JSON.parse(again.body).server.name]).toEqual([201, 'web-1']);
    expect(posts()).toHaveLength(1);
    const names = [...sandbox.state.servers.values()].map(({ name }) => name);
    expect(names).toEqual(['web-1']);
  });

  it('that asks first whether it may send its body is told to go on', async () => {
    const body = server('web-2');
    const { text } = await post('/v1/servers', body, 'expect: 100-continue');
    expect(text).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 201 /);
  });

  it('sent in one go with other requests on its connection is answered in their order', async () => {
    const body = server('web-3');
    const stay = (method: string, path: string, more = '') =>
      `${method} ${path} HTTP/1.1\r\nhost: x\r\n${admin}\r\n${more}\r\n`;
    const create = stay('POST', '/v1/servers', `content-length: ${body.length}\r\n`) + body;
    const { text } = await sendRaw(
      port,
      stay('GET', '/v1/servers/7') + create + headOf('GET', '/v1/servers?name=web-3', admin),
    );
    expect([...text.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => status)).toEqual(['404', '201', '200']);
  });
});
