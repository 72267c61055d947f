import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, statSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import tls from 'node:tls';
import { Hono } from 'hono';
import { afterEach, describe, expect, it } from 'vitest';
import { hashToken } from '../../../src/core/auth/gateway-token.ts';
import type { DaemonStatus } from '../../../src/core/daemon-status.ts';
import type { Bindings } from '../../../src/daemon/api/environment.ts';
import { createIdentify } from '../../../src/daemon/api/identify.ts';
import { addressFinder, peerFilter } from '../../../src/daemon/http/address.ts';
import { createBase } from '../../../src/daemon/http/app.ts';
import { createMetrics } from '../../../src/daemon/http/metrics.ts';
import { openServers, type Servers } from '../../../src/daemon/http/servers.ts';
import { accessOf } from '../../../src/daemon/http/socket-file.ts';
import { createLog } from '../../../src/daemon/log.ts';
import { which } from '../../e2e/binary.ts';

const open: Servers[] = [];
afterEach(async () => {
  for (const servers of open.splice(0)) await servers.stop(0);
});

const folder = () => mkdtempSync(join(tmpdir(), 'cloudctl-http-'));

async function serve(
  options: {
    listen?: string;
    adminToken?: string;
    proxies?: string[];
    socket?: string;
    ready?: boolean;
    isPeer?: (peer: string | undefined) => boolean;
    pair?: { 'tls-cert': string; 'tls-key': string };
  } = {},
) {
  const home = folder();
  const socket = options.socket ?? join(home, 'run/cloudctl.sock');
  const lines: string[] = [];
  const log = await createLog({
    level: 'debug',
    format: 'json',
    output: { write: line => void lines.push(line) },
    now: Date.now,
  });
  const silent: string[] = [];
  const seen: string[] = [];
  const metrics = createMetrics();
  let release = () => {};
  const api = new Hono<{ Bindings: Bindings }>();
  api.get('/who/:id', c => {
    const { via, requestId, address, about } = c.env;
    seen.push(via!);
    Object.assign(about!, { route: '/who/:id', caller: 'ada' });
    return c.json({ via, requestId, address });
  });
  api.get('/slow', async c => {
    await new Promise<void>(resolve => {
      release = resolve;
    });
    return c.text('late');
  });
  const app = createBase({
    log,
    clock: Date,
    metrics,
    silent: () => silent,
    status: async () => ({ ready: options.ready ?? true, pid: 7 }) as DaemonStatus,
    findAddress: addressFinder(options.proxies ?? []),
    isPeer: options.isPeer ?? (() => true),
    identify: createIdentify({
      tokens: () => (options.adminToken ? [{ name: 'admin-token', hash: hashToken(options.adminToken) }] : []),
    }),
    api,
  });
  const access = accessOf({ values: {} as never, isSystem: false }, 'ada');
  const servers = await openServers({
    app,
    socket,
    access,
    values: { listen: options.listen, ...options.pair } as never,
    onError: () => {},
  });
  open.push(servers);
  return { socket, servers, lines, silent, seen, release: () => release(), metrics };
}

interface Answer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly text: string;
}

function ask(
  where: { socketPath: string } | { port: string },
  path: string,
  options: http.RequestOptions = {},
  body?: string,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = http.request({ host: '127.0.0.1', ...where, path, agent: false, ...options }, response => {
      let text = '';
      response.setEncoding('utf8').on('data', more => {
        text += more;
      });
      response.on('end', () => resolve({ status: response.statusCode!, headers: response.headers, text }));
    });
    request.on('error', reject).end(body);
  });
}

describe('over the socket', () => {
  it('only the owner may connect, and what is known of a request is handed on', async () => {
    const { socket } = await serve();
    expect(statSync(socket).mode & 0o777).toBe(0o600);
    expect(statSync(join(socket, '..')).mode & 0o777).toBe(0o700);
    const { text } = await ask({ socketPath: socket }, '/who/1', {
      headers: { 'x-request-id': 'abc-1', 'x-forwarded-for': '1.2.3.4' },
    });
    expect(JSON.parse(text)).toEqual({ via: 'socket', requestId: 'abc-1', address: 'socket' });
  });

  it('each request has an id, taken over when it is sane', async () => {
    const { socket, lines } = await serve();
    const given = await ask({ socketPath: socket }, '/who/1', { headers: { 'x-request-id': 'from-the-client' } });
    const bad = await ask({ socketPath: socket }, '/who/1', { headers: { 'x-request-id': 'a b"c' } });
    expect(given.headers['x-request-id']).toBe('from-the-client');
    expect(bad.headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
    expect(JSON.parse(lines[0]!)).toMatchObject({
      msg: 'request',
      request_id: 'from-the-client',
      method: 'GET',
      path: '/who/1',
      status: 200,
      caller: 'ada',
    });
  });

  it('is healthy while every part shows life, and ready while it can work', async () => {
    const { socket, silent } = await serve({ ready: false });
    expect((await ask({ socketPath: socket }, '/healthz')).status).toBe(200);
    expect((await ask({ socketPath: socket }, '/readyz')).status).toBe(503);
    silent.push('scheduler');
    const { status, text } = await ask({ socketPath: socket }, '/healthz');
    expect([status, JSON.parse(text)]).toEqual([503, { status: 'silent', silent: ['scheduler'] }]);
  });

  it('counts requests by route, not by path', async () => {
    const { socket } = await serve();
    for (const id of [1, 2, 3]) await ask({ socketPath: socket }, `/who/${id}`);
    await ask({ socketPath: socket }, '/a/b');
    const { text, headers } = await ask({ socketPath: socket }, '/metrics');
    expect(headers['content-type']).toContain('version=0.0.4');
    expect(text).toContain('cloudctl_http_requests_total{method="GET",route="/who/:id",status="200"} 3');
    expect(text).toContain('cloudctl_http_requests_total{method="GET",route="other",status="404"} 1');
    for (const line of text.trim().split('\n'))
      expect(line).toMatch(/^(# (HELP|TYPE) cloudctl_\w+ .+|cloudctl_\w+(\{[^}]*\})? [\d.e+-]+)$/);
  });
});

describe('over an address', () => {
  const portOf = (servers: Servers) => ({ port: new URL(servers.address!).port });

  it('somebody unknown is told yes or no, and nothing else', async () => {
    const { servers } = await serve({ listen: '127.0.0.1:0', adminToken: 'the-admin-token' });
    const port = portOf(servers);
    const known = { headers: { authorization: 'Bearer the-admin-token' } };
    expect(JSON.parse((await ask(port, '/readyz')).text)).toEqual({ ready: true });
    expect(JSON.parse((await ask(port, '/readyz', known)).text)).toEqual({ ready: true, pid: 7 });
    expect((await ask(port, '/metrics')).status).toBe(401);
    expect((await ask(port, '/metrics', known)).status).toBe(200);
    expect((await ask(port, '/metrics', { headers: { authorization: 'Bearer the-admin-tokem' } })).status).toBe(401);
  });

  it('a request is said to come from an address', async () => {
    const { servers } = await serve({ listen: '127.0.0.1:0' });
    expect(JSON.parse((await ask(portOf(servers), '/who/1')).text)).toMatchObject({ via: 'tcp', address: '127.0.0.1' });
  });

  it('leaves an idle connection to its client to close, who would lose what it sends as the daemon closes it', async () => {
    const { servers } = await serve({ listen: '127.0.0.1:0' });
    const agent = new http.Agent({ keepAlive: true });
    const { headers } = await ask(portOf(servers), '/who/1', { agent });
    agent.destroy();
    // Programs in Go close theirs after 90 seconds, load balancers most often after 60.
    expect(Number(/timeout=(\d+)/.exec(String(headers['keep-alive']))?.[1])).toBeGreaterThan(90);
  });

  it('says that a port is taken, and leaves no socket behind', async () => {
    const taken = createServer();
    await new Promise<void>(resolve => taken.listen(0, '127.0.0.1', resolve));
    const { port } = taken.address() as { port: number };
    const socket = join(folder(), 's.sock');
    await expect(serve({ listen: `127.0.0.1:${port}`, socket })).rejects.toMatchObject({
      code: 'busy',
      message: `127.0.0.1:${port} is in use by another program`,
    });
    expect(existsSync(socket)).toBe(false);
    taken.close();
  });
});

describe('encrypted', () => {
  const openssl = which('openssl');
  const place = folder();
  const pair = { 'tls-cert': join(place, 'cert.pem'), 'tls-key': join(place, 'key.pem') };
  const certify = (name: string) => {
    const words = `req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=${name} -out ${pair['tls-cert']} -keyout ${pair['tls-key']}`;
    execFileSync(openssl!, words.split(' '), { stdio: 'ignore' });
  };
  const nameAt = (address: string) =>
    new Promise<string>((resolve, reject) => {
      const socket = tls.connect(
        { port: Number(new URL(address).port), host: '127.0.0.1', rejectUnauthorized: false },
        () => {
          resolve(String(socket.getPeerCertificate().subject?.CN));
          socket.destroy();
        },
      );
      socket.on('error', reject);
    });

  it.runIf(openssl)(
    'takes up a new certificate for connections to come, and keeps the old one when the new one is bad',
    async () => {
      certify('first');
      const { servers } = await serve({ listen: '127.0.0.1:0', pair });
      expect(servers.address).toMatch(/^https:/);
      expect(await nameAt(servers.address!)).toBe('first');
      certify('second');
      servers.renew();
      expect(await nameAt(servers.address!)).toBe('second');
      writeFileSync(pair['tls-key'], 'no key');
      expect(() => servers.renew()).toThrow('tls-cert and tls-key are no pair');
      expect(await nameAt(servers.address!)).toBe('second');
      await expect(serve({ listen: '127.0.0.1:0', pair })).rejects.toMatchObject({ code: 'usage' });
      await expect(serve({ listen: '127.0.0.1:0', pair: { ...pair, 'tls-cert': '/nope' } })).rejects.toThrow(
        'tls-cert: /nope cannot be read: ENOENT',
      );
    },
  );
});

describe('plain http', () => {
  it('a client that is gone before it is answered is not taken for one on the socket', async () => {
    const { servers, seen } = await serve({ listen: '127.0.0.1:0' });
    const client = connect(Number(new URL(servers.address!).port), '127.0.0.1');
    client.write('GET /who/1 HTTP/1.1\r\nHost: x\r\n\r\n', () => client.resetAndDestroy());
    await expect.poll(() => seen).toEqual(['tcp']);
  });

  it('is spoken with this machine and the proxies only', async () => {
    const isPeer = peerFilter(['10.0.0.0/8'], false);
    expect(['10.1.2.3', '::ffff:10.1.2.3', '127.0.0.1', '::1'].map(isPeer)).toEqual([true, true, true, true]);
    expect(['192.168.0.1', '2001:db8::1', 'odd', undefined].map(isPeer)).toEqual([false, false, false, false]);
    expect(peerFilter([], true)('192.168.0.1')).toBe(true);
    const { servers } = await serve({ listen: '127.0.0.1:0', isPeer: () => false });
    expect((await ask({ port: new URL(servers.address!).port }, '/healthz')).status).toBe(403);
  });
});

describe('the address of a client', () => {
  it.each([
    [[], '9.9.9.9', '1.1.1.1', '9.9.9.9'],
    [['10.0.0.0/8'], '10.0.0.1', '1.1.1.1', '1.1.1.1'],
    [['10.0.0.0/8'], '::ffff:10.0.0.1', '6.6.6.6, 1.1.1.1, 10.2.2.2', '1.1.1.1'],
    [['10.0.0.0/8'], '10.0.0.1', 'not an address', '10.0.0.1'],
    [['10.0.0.0/8'], '10.0.0.1', undefined, '10.0.0.1'],
    [['fd00::/8', '::1'], '::1', '2001:db8::1, fd00::2', '2001:db8::1'],
    [['0.0.0.0/0'], undefined, '1.1.1.1', 'unknown'],
  ])('trusting %j: %s forwarding %j is %s', (proxies, peer, forwarded, expected) => {
    expect(addressFinder(proxies)(peer, forwarded)).toBe(expected);
  });
});

describe('the socket', () => {
  it('of a process that is gone is replaced, one that answers is not', async () => {
    const socket = join(folder(), 's.sock');
    const { servers } = await serve({ socket });
    await expect(serve({ socket })).rejects.toMatchObject({ code: 'busy' });
    await servers.stop(0);
    const stale = http.createServer().listen(socket);
    await new Promise(resolve => stale.once('listening', resolve));
    // As it is left when a process is killed: the file stays, and nobody answers.
    const { linkSync, renameSync } = await import('node:fs');
    linkSync(socket, `${socket}.left`);
    await new Promise(resolve => stale.close(resolve));
    renameSync(`${socket}.left`, socket);
    const again = await serve({ socket });
    expect((await ask({ socketPath: again.socket }, '/healthz')).status).toBe(200);
  });

  it('does not take the place of another file', async () => {
    const file = join(folder(), 'precious');
    writeFileSync(file, 'x');
    await expect(serve({ socket: file })).rejects.toMatchObject({
      code: 'usage',
      message: `${file} is there and is no socket`,
    });
    expect(existsSync(file)).toBe(true);
  });

  it('is for the group where there is one, and a group that is asked for has to be there', () => {
    const groups = () => 'root:x:0:\ncloudctl:x:998:ada\n';
    const values = {} as never;
    expect(accessOf({ values, isSystem: true }, 'root', groups)).toMatchObject({ mode: 0o660, group: 998 });
    expect(accessOf({ values, isSystem: true }, 'root', () => '')).toMatchObject({ mode: 0o600, group: undefined });
    expect(accessOf({ values, isSystem: true }, 'cloudctl', () => '')).toMatchObject({ mode: 0o660, group: undefined });
    expect(accessOf({ values, isSystem: false }, 'ada', groups)).toMatchObject({ mode: 0o600, group: undefined });
    expect(() => accessOf({ values: { 'socket-group': 'nope' } as never, isSystem: true }, 'root', groups)).toThrow(
      'there is no group nope',
    );
  });
});

describe('stopping', () => {
  it('answers what has been asked, takes nothing new, and ends idle connections', async () => {
    const { socket, servers, release, lines } = await serve();
    const idle = connect(socket);
    await new Promise(resolve => idle.once('connect', resolve));
    const slow = ask({ socketPath: socket }, '/slow');
    await expect.poll(() => lines.length >= 0 && existsSync(socket)).toBe(true);
    await ask({ socketPath: socket }, '/healthz');
    const stopped = servers.stop(5_000);
    await expect(ask({ socketPath: socket }, '/healthz')).rejects.toThrow();
    idle.destroy();
    release();
    expect((await slow).text).toBe('late');
    await stopped;
    open.length = 0;
  });

  it('cuts off what does not end', async () => {
    const { socket, servers } = await serve();
    const slow = ask({ socketPath: socket }, '/slow').catch(error => error);
    await ask({ socketPath: socket }, '/healthz');
    await servers.stop(10);
    expect(await slow).toBeInstanceOf(Error);
    open.length = 0;
  });
});

it.runIf(process.getuid?.() === 0)('a folder that cannot be written is told', async () => {
  const file = join(folder(), 'file');
  writeFileSync(file, '');
  chmodSync(file, 0o400);
  await expect(serve({ socket: join(file, 'x/s.sock') })).rejects.toMatchObject({ code: 'usage' });
});
