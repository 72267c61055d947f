import { chmodSync, lstatSync, mkdirSync, readdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Daemon } from '../../../src/daemon/daemon.ts';
import { prepareStateDirectory } from '../../../src/daemon/service/state-directory.ts';
import { startSandbox } from '../../../src/sandbox/index.ts';
import { headOf, sendRaw } from '../../helpers/raw-http.ts';
import { run } from '../../helpers/run.ts';
import { startDaemonInside } from '../process/daemon-inside.ts';
import { askSocket, daemonHome, type Home } from '../process/daemon-process.ts';

const token = 'admin-of-the-test'.padEnd(48, 'x');
const base = '/cloudctl/v1';
const lines: string[] = [];
let home: Home;
let daemon: Daemon;
let port: number;

const open = (at: Home) => startDaemonInside(at, { write: line => void lines.push(line) });

beforeAll(async () => {
  home = daemonHome();
  writeFileSync(join(home.folder, 'admin'), token, { mode: 0o600 });
  home.configure(`listen = "127.0.0.1:0"\nadmin-token-file = "${join(home.folder, 'admin')}"`);
  daemon = await open(home);
  port = Number(new URL(daemon.address!).port);
});
afterAll(() => daemon.stop());

const send = (bytes: string | Buffer) => sendRaw(port, bytes);
const admin = `authorization: Bearer ${token}`;
const post = (body: string, ...more: string[]) =>
  headOf('POST', `${base}/schedules`, admin, `content-length: ${Buffer.byteLength(body)}`, ...more) + body;
const good = { name: 'n', servers: ['web-1'], cron: '@daily', keep_last: 1 };

describe('a path', () => {
  it.each([
    ...['//cloudctl/v1/schedules', `${base}//schedules`, `${base}/schedules/..%2f..`, `${base}/schedules%2f1`],
    ...['1e3', '0x1', '-1', '9999999999999999999', '1/', '%00', '1/constructor'].map(id => `${base}/schedules/${id}`),
    ...[`${base}/toString`, `${base}/__proto__`, '/%e0%a4%a', '/healthz/x', `/${'a'.repeat(20_000)}`],
  ])('that is none finds nothing: %s', async path => {
    const { status, text } = await send(headOf('GET', path, admin));
    expect(status).toBe(404);
    expect(text.length).toBeLessThan(2_000);
  });

  it.each(['__proto__=1', 'constructor=1', 'page=0x1', 'sort=__proto__', 'per_page=1e1', 'name[]=x'])(
    'with the query %s is refused',
    async query => {
      expect((await send(headOf('GET', `${base}/schedules?${query}`, admin))).status).toBe(422);
    },
  );
});

describe('a body', () => {
  it.each<[string, string, number]>([
    ['with __proto__', '{"__proto__":{"role":"admin"},"name":"a","cron":"@daily"}', 422],
    ['with constructor', '{"constructor":{"prototype":{"x":1}}}', 422],
    ['as deep as it can be', '['.repeat(200_000) + ']'.repeat(200_000), 400],
    ['deep in a key', `${'{"name":'.repeat(50_000)}1${'}'.repeat(50_000)}`, 422],
    ['that is null', 'null', 400],
    ['that is no JSON', '{"name":', 400],
    ['with a line break in a name', JSON.stringify({ ...good, name: 'a\nb' }), 422],
    ['with an escape in a name', JSON.stringify({ ...good, name: 'a\u001b[31m' }), 422],
    ['with half a character in a name', '{"name":"\\ud800","cron":"@daily","servers":["a"],"keep_last":1}', 422],
    ['with text that turns around', JSON.stringify({ ...good, name: 'a\u202eb' }), 422],
    ['with a name beyond any', JSON.stringify({ ...good, name: 'n'.repeat(60_000) }), 422],
    ['with a server beyond any', JSON.stringify({ ...good, servers: ['n'.repeat(300)] }), 422],
    ['with an object for a hook', JSON.stringify({ ...good, before: 'constructor' }), 422],
    ['with a path for a hook', JSON.stringify({ ...good, before: '../../bin/sh' }), 422],
    ['of more than a mebibyte', `"${'x'.repeat(2 ** 20)}"`, 422],
  ])('%s is refused, and briefly', async (_, body, status) => {
    const answer = await send(post(body));
    expect(answer.status).toBe(status);
    expect(answer.text.length).toBeLessThan(2_500);
    expect(({} as Record<string, unknown>).x).toBeUndefined();
  });

  it('that is not UTF-8, that never ends, or whose length is a lie is refused', async () => {
    const broken = Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d]);
    const start = headOf('POST', `${base}/schedules`, admin, `content-length: ${broken.length}`);
    expect((await send(Buffer.concat([Buffer.from(start), broken]))).status).toBe(422);
    const chunked = headOf('POST', `${base}/schedules`, admin, 'transfer-encoding: chunked');
    expect((await send(chunked + `10000\r\n${'x'.repeat(65_536)}\r\n`.repeat(20))).status).toBe(422);
    expect((await send(headOf('POST', `${base}/schedules`, admin, 'content-length: 99999999999'))).status).toBe(422);
    const both = headOf('POST', `${base}/schedules`, admin, 'content-length: 4', 'transfer-encoding: chunked');
    expect((await send(`${both}0\r\n\r\nGET /metrics HTTP/1.1\r\nhost: x\r\n\r\n`)).status).toBe(400);
  });

  it('in pieces, or none at all, is taken as what it is', async () => {
    const text = JSON.stringify({ ...good, name: 'pieces' });
    const pieces = [text.slice(0, 9), text.slice(9)].map(piece => `${piece.length.toString(16)}\r\n${piece}\r\n`);
    const chunked = headOf('POST', `${base}/schedules`, admin, 'transfer-encoding: chunked');
    expect((await send(`${chunked}${pieces.join('')}0\r\n\r\n`)).status).toBe(201);
    expect((await send(headOf('POST', `${base}/schedules`, admin))).status).toBe(422);
    expect((await send(headOf('OPTIONS', `${base}/schedules`, admin))).status).toBe(404);
  });
});

describe('who has no token', () => {
  it('is told so and no more, from whatever page, with whatever headers', async () => {
    for (const more of [
      ['origin: http://evil.example', 'content-type: text/plain', 'content-length: 2'],
      ['x-forwarded-for: 127.0.0.1', 'x-real-ip: 127.0.0.1', 'content-length: 2'],
      ['authorization: Bearer ', 'content-length: 2'],
      [`authorization: Bearer ${token}x`, 'content-length: 2'],
      [`authorization: Basic ${Buffer.from(`x:${token}`).toString('base64')}`, 'content-length: 2'],
    ]) {
      const { status, text } = await send(`${headOf('POST', `${base}/schedules`, ...more)}{}`);
      expect(status).toBe(401);
      expect(text).not.toMatch(/access-control-allow/i);
    }
    expect((await send(headOf('POST', `${base}/schedules`))).status).toBe(401);
    expect((await send(headOf('GET', '/metrics'))).status).toBe(401);
    expect((await send(headOf('GET', '/readyz'))).text).not.toMatch(/socket|store|pid/);
  });
});

describe('the log', () => {
  it('takes no word of a caller for another record, request or address', async () => {
    lines.length = 0;
    const evil = ['x-request-id: a b"}{"level":"error"', 'x-forwarded-for: 9.9.9.9'];
    const { text } = await send(headOf('GET', `${base}/%0a%1b%5b2J`, admin, ...evil));
    expect(text).toMatch(/x-request-id: [0-9a-f-]{36}\r\n/);
    const raw = lines.join('');
    expect(raw).not.toMatch(/9\.9\.9\.9|\u001b/);
    const records = raw
      .trim()
      .split('\n')
      .map(line => JSON.parse(line));
    expect(records.filter(({ msg }) => msg === 'request')).toMatchObject([{ address: '127.0.0.1', status: 404 }]);
    expect(raw).not.toContain(token);
  });

  it('shows what has control characters escaped at the terminal', async () => {
    const env = { CLOUDCTL_DAEMON: `unix://${home.socket}` };
    const refused = await run(undefined, ['schedule', 'create', 'a\u001b[2J', '--server', 'x', '--cron', '@daily'], {
      env,
    });
    expect(refused.status).toBe(6);
    const shown = await run(undefined, 'audit list', { env });
    for (const { out, err } of [refused, shown]) expect(out + err).not.toMatch(/\u001b/);
    const exported = await run(undefined, 'audit export --format syslog', { env });
    expect(exported.out).not.toMatch(/\u001b|\r/);
    for (const line of exported.out.trim().split('\n')) expect(line).toMatch(/^<\d+>1 \d{4}-/);
  });
});

describe('a flood', () => {
  it('of listeners has room for a hundred, and for others again when they leave', async () => {
    const peers = Array.from({ length: 105 }, () => connect(port, '127.0.0.1'));
    const first = await Promise.all(
      peers.map(
        peer =>
          new Promise<string>(resolve => {
            peer.on('error', () => {});
            peer.once('data', data => resolve(String(data).slice(9, 12)));
            peer.write(`GET ${base}/events HTTP/1.1\r\nhost: x\r\n${admin}\r\n\r\n`);
          }),
      ),
    );
    expect(first.filter(status => status === '200')).toHaveLength(100);
    expect(first.filter(status => status === '429')).toHaveLength(5);
    for (const peer of peers) peer.destroy();
    await expect
      .poll(async () => {
        const peer = connect(port, '127.0.0.1');
        peer.write(`GET ${base}/events HTTP/1.1\r\nhost: x\r\n${admin}\r\n\r\n`);
        const status = await new Promise<string>(resolve =>
          peer.once('data', data => resolve(String(data).slice(9, 12))),
        );
        peer.destroy();
        return status;
      })
      .toBe('200');
  });

  it('of headers, and headers that never end, is cut off', { timeout: 30_000 }, async () => {
    expect((await send(headOf('GET', '/', `x: ${'a'.repeat(40_000)}`))).status).toBe(431);
    const slow = connect(port, '127.0.0.1');
    let text = '';
    slow.on('data', data => {
      text += data;
    });
    slow.on('error', () => {});
    slow.write('GET / HTTP/1.1\r\nhost: x\r\n');
    const drip = setInterval(() => slow.destroyed || slow.write('x: y\r\n'), 500);
    await new Promise(resolve => slow.once('close', resolve));
    clearInterval(drip);
    expect(text).toMatch(/^HTTP\/1\.1 408/);
  });
});

describe('what the daemon leaves on the disk', () => {
  it('is for its owner only, all of it', async () => {
    const modes = (folder: string): string[] =>
      readdirSync(folder, { withFileTypes: true }).flatMap(entry => {
        const path = join(folder, entry.name);
        const open = lstatSync(path).mode & 0o077;
        return [...(open ? [path] : []), ...(entry.isDirectory() ? modes(path) : [])];
      });
    expect([...modes(home.state), ...modes(join(home.folder, 'run'))]).toEqual([]);
    expect([statSync(home.state).mode & 0o777, statSync(join(home.folder, 'run')).mode & 0o777]).toEqual([
      0o700, 0o700,
    ]);
    expect((await askSocket(home.socket, '/healthz')).status).toBe(200);
  });

  it('is never put where somebody else has laid a link or left a folder open', async () => {
    const other = daemonHome();
    mkdirSync(join(other.folder, 'run'));
    writeFileSync(join(other.folder, 'victim'), 'theirs');
    symlinkSync(join(other.folder, 'victim'), other.socket);
    await expect(open(other)).rejects.toMatchObject({ code: 'usage', message: expect.stringContaining('no socket') });
    const wide = join(other.folder, 'wide');
    mkdirSync(wide, { mode: 0o777 });
    chmodSync(wide, 0o777);
    prepareStateDirectory(wide);
    expect(statSync(wide).mode & 0o777).toBe(0o700);
  });
});

describe('the sandbox', () => {
  it('takes no orders from a page of another site, and no request without its token', async () => {
    const sandbox = await startSandbox();
    const { origin } = new URL(sandbox.url);
    const { request } = await import('node:http');
    const ask = (method: string, path: string, headers: Record<string, string>) =>
      new Promise<number>((resolve, reject) =>
        request(`${origin}${path}`, { method, headers, agent: false }, answer => {
          answer.resume();
          resolve(answer.statusCode!);
        })
          .on('error', reject)
          .end(),
      );
    for (const headers of [
      { host: 'evil.example' },
      { host: '127.0.0.1.evil.example' },
      { origin: 'http://evil.example' },
      { origin: 'null' },
      { 'sec-fetch-site': 'cross-site' },
    ] as Record<string, string>[]) {
      expect(await ask('POST', '/_sandbox/reset', headers)).toBe(403);
      expect(await ask('GET', '/_sandbox/requests', headers)).toBe(403);
      expect(await ask('DELETE', '/v1/servers/1', headers)).toBe(401);
    }
    await sandbox.stop();
  });
});
