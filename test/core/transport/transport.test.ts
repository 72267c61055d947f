import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Failure } from '../../../src/core/failure.ts';
import { createTransport, type TransportOptions } from '../../../src/core/transport/transport.ts';
import type { HttpRequest } from '../../../src/core/world.ts';

/** A server for the running test, and a function that asks it. */
async function serve(listener: RequestListener, options: Partial<TransportOptions> = {}) {
  const sockets = new Set<Socket>();
  const server = createServer(listener).on('connection', socket => sockets.add(socket));
  await new Promise<void>(resolve =>
    server.listen(options.socketPath ? { path: options.socketPath } : { port: 0, host: '127.0.0.1' }, resolve),
  );
  const transport = createTransport({ env: {}, ...options });
  onTestFinished(() => {
    transport.close();
    server.closeAllConnections();
    server.close();
  });
  const { port } = options.socketPath ? { port: 80 } : (server.address() as AddressInfo);
  const host = `127.0.0.1:${port}`;
  const ask = (request: Partial<HttpRequest> = {}) =>
    transport({ method: 'GET', url: new URL(`http://${host}/v1/servers?a=1`), headers: {}, timeout: 5000, ...request });
  return { ask, host, sockets, transport };
}

const failed = (promise: Promise<unknown>) =>
  promise.then(
    () => expect.unreachable(),
    error => error as Failure,
  );

describe('a good exchange', () => {
  it('sends method, path, headers and body, and gives status, headers and text back', async () => {
    const { ask } = await serve((message, response) => {
      let text = '';
      message.setEncoding('utf8').on('data', chunk => {
        text += chunk;
      });
      message.on('end', () => {
        const { 'x-mine': mine, 'content-length': length } = message.headers;
        response.writeHead(404, { 'X-Correlation-Id': 'abc', 'Set-Cookie': ['a=1', 'b=2'] });
        response.end(JSON.stringify([message.method, message.url, mine, length, text]));
      });
    });
    const answer = await ask({ method: 'POST', headers: { 'x-mine': 'yes' }, body: 'grüße' });
    expect(answer.status).toBe(404);
    expect(answer.headers).toMatchObject({ 'x-correlation-id': 'abc', 'set-cookie': 'a=1, b=2' });
    expect(JSON.parse(answer.body)).toEqual(['POST', '/v1/servers?a=1', 'yes', '7', 'grüße']);
  });

  it('keeps the connection for the next request, and close drops it', async () => {
    const { ask, sockets, transport } = await serve((_, response) => void response.end('ok'));
    await ask();
    await ask();
    expect(sockets.size).toBe(1);
    const dropped = new Promise(resolve => [...sockets][0]!.on('close', resolve));
    transport.close();
    await dropped;
    expect((await ask()).body).toBe('ok');
    expect(sockets.size).toBe(2);
  });

  it('puts characters together that lie across two chunks', async () => {
    const bytes = Buffer.from('"🚀"');
    const { ask } = await serve((_, response) => {
      response.write(bytes.subarray(0, 3), () => setImmediate(() => response.end(bytes.subarray(3))));
    });
    expect((await ask()).body).toBe('"🚀"');
  });

  it.each([
    ['gzip', gzipSync('{"a":"ä"}')],
    ['deflate', deflateSync('{"a":"ä"}')],
  ])('unpacks %s', async (encoding, body) => {
    const { ask } = await serve(
      (_, response) => void response.writeHead(200, { 'content-encoding': encoding }).end(body),
    );
    expect((await ask()).body).toBe('{"a":"ä"}');
  });

  it('takes no body for one that is packed and empty', async () => {
    const { ask } = await serve((_, response) => void response.writeHead(204, { 'content-encoding': 'gzip' }).end());
    expect(await ask()).toMatchObject({ status: 204, body: '' });
  });

  it('goes to a Unix socket when one is given', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'transport-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const { ask } = await serve((message, response) => void response.end(message.url), {
      socketPath: join(folder, 's'),
    });
    expect((await ask({ url: new URL('http://daemon/v1/x') })).body).toBe('/v1/x');
  });
});

describe('a broken exchange', () => {
  it('that was refused names the host and has certainly done nothing', async () => {
    const transport = createTransport({ env: {} });
    const request = { method: 'POST', url: new URL('http://127.0.0.1:1/v1'), headers: {}, timeout: 5000 };
    const failure = await failed(transport(request));
    expect(failure).toMatchObject({ code: 'unreachable', ambiguous: false });
    expect(failure.message).toBe('127.0.0.1:1 cannot be reached: connection refused');
    expect(failure.hint).toBeTruthy();
  });

  it('that was reset after the request was written is ambiguous', async () => {
    const { ask, host } = await serve(message => message.socket.destroy());
    const failure = await failed(ask({ method: 'POST', body: '{}' }));
    expect(failure).toMatchObject({ code: 'unreachable', ambiguous: true });
    expect(failure.message).toBe(`${host} cannot be reached: the connection was closed before an answer came`);
  });

  it('on a pooled connection that is reset is ambiguous too', async () => {
    let count = 0;
    const { ask } = await serve((message, response) => {
      count += 1;
      if (count === 1) response.end('ok');
      else message.socket.destroy();
    });
    await ask();
    expect(await failed(ask())).toMatchObject({ code: 'unreachable', ambiguous: true });
  });

  it('ends at the timeout, before an answer or in the middle of one', async () => {
    const silent = await serve(() => {});
    const failure = await failed(silent.ask({ timeout: 150 }));
    expect(failure).toMatchObject({
      code: 'timeout',
      ambiguous: true,
      message: `${silent.host} did not answer within 150 ms`,
    });
    const slow = await serve((_, response) => void response.write('half'));
    expect(await failed(slow.ask({ timeout: 150 }))).toMatchObject({ code: 'timeout', ambiguous: true });
  });

  it('whose answer ends early is cut off, not taken as whole', async () => {
    const short = await serve((_, response) => {
      response.writeHead(200, { 'content-length': 100 }).write('{"servers":[]}', () => response.destroy());
    });
    const failure = await failed(short.ask());
    expect(failure).toMatchObject({
      code: 'unreachable',
      ambiguous: true,
      message: `${short.host}: the answer was cut off`,
    });
    const chunked = await serve((_, response) => void response.write('{}', () => response.destroy()));
    expect((await failed(chunked.ask())).message).toContain('cut off');
    const packed = await serve((_, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('{"servers":[]}').subarray(0, 20));
    });
    expect((await failed(packed.ask())).message).toContain('cut off');
  });

  it('whose answer is too large is given up, unpacked size counting', async () => {
    const plain = await serve((_, response) => void response.end('x'.repeat(2000)), { maxBytes: 1000 });
    expect((await failed(plain.ask())).message).toBe('the answer is larger than 1000 bytes');
    const bomb = gzipSync('x'.repeat(100_000));
    const packed = await serve(
      (_, response) => void response.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb),
      {
        maxBytes: 1000,
      },
    );
    expect(await failed(packed.ask())).toMatchObject({ code: 'unreachable', ambiguous: true });
  });

  it('with an encoding that was not asked for is a clear failure', async () => {
    const { ask } = await serve((_, response) => void response.writeHead(200, { 'content-encoding': 'br' }).end('x'));
    expect((await failed(ask())).message).toBe("the answer has the unknown encoding 'br'");
  });

  it('stops at the signal: interrupted, or what the signal says', async () => {
    const control = new AbortController();
    const { ask } = await serve(() => control.abort());
    expect(await failed(ask({ signal: control.signal }))).toMatchObject({ code: 'interrupted', ambiguous: true });
    expect(await failed(ask({ signal: control.signal }))).toMatchObject({ code: 'interrupted', ambiguous: false });
    const reason = new Failure('timeout', 'the job took too long', { hint: 'wait' });
    expect(await failed(ask({ signal: AbortSignal.abort(reason) }))).toMatchObject({ code: 'timeout', hint: 'wait' });
  });
});

describe('a request that must not be sent', () => {
  const ask = (url: string, headers = {}) =>
    failed(createTransport({ env: {} })({ method: 'GET', url: new URL(url), headers, timeout: 1000 }));

  it('is one over plain http to another machine', async () => {
    const failure = await ask('http://api.hetzner.cloud/v1');
    expect(failure).toMatchObject({ code: 'usage', hint: 'Use https://api.hetzner.cloud' });
    expect(failure.message).toBe('http://api.hetzner.cloud: plain http is for this machine only');
  });

  it('is one over another protocol', async () => {
    expect((await ask('ftp://example.org')).message).toBe('ftp://example.org: only https is spoken');
  });

  it('is one with a line break in its token, which is not shown', async () => {
    const failure = await ask('http://127.0.0.1:1', { authorization: 'Bearer geheim\nx: y' });
    expect(failure).toMatchObject({ code: 'usage', hint: 'Check the token' });
    expect(`${failure.stack}${failure.cause}`).not.toContain('geheim');
  });
});

describe('an exchange that is taken piece by piece', () => {
  it('gives each piece as it comes, no character cut, for longer than the time between two', async () => {
    const bytes = Buffer.from('🚀');
    const { ask } = await serve(async (message, response) => {
      expect(message.headers['accept-encoding']).toBeUndefined();
      response.writeHead(200);
      for (const piece of [bytes.subarray(0, 2), bytes.subarray(2), 'a', 'b', 'c']) {
        response.write(piece);
        await new Promise(resolve => setTimeout(resolve, 50));
      }
      response.end();
    });
    const pieces: string[] = [];
    const answer = await ask({ timeout: 200, onText: text => pieces.push(text) });
    expect(answer).toMatchObject({ status: 200, body: '' });
    expect(pieces).toEqual(['🚀', 'a', 'b', 'c']);
  });

  it('ends when nothing comes for that time', async () => {
    const { ask } = await serve((_, response) => void response.write('once'));
    const pieces: string[] = [];
    expect(await failed(ask({ timeout: 50, onText: text => pieces.push(text) }))).toMatchObject({ code: 'timeout' });
    expect(pieces).toEqual(['once']);
  });

  it('has an answer that is not good whole, as any other', async () => {
    const { ask } = await serve((_, response) => void response.writeHead(401).end('no'));
    const answer = await ask({ onText: () => expect.unreachable() });
    expect(answer).toMatchObject({ status: 401, body: 'no' });
  });

  it('that is cut off says so, and ends with what its taker throws', async () => {
    const { ask } = await serve((_, response) => {
      response.writeHead(200, { 'content-length': 100 });
      response.write('half', () => response.destroy());
    });
    expect(await failed(ask({ onText: () => {} }))).toMatchObject({
      code: 'unreachable',
      message: expect.stringMatching('cut off'),
    });
    const full = new Failure('unexpected', 'cannot write output');
    const toThrow = () => {
      throw full;
    };
    expect(await failed(ask({ onText: toThrow }))).toBe(full);
  });

  it('that was packed although nobody asked for it is a clear failure', async () => {
    const { ask } = await serve((_, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('a'));
    });
    expect((await failed(ask({ onText: () => {} }))).message).toMatch(`unknown encoding 'gzip'`);
  });
});
