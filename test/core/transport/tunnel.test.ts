import { createServer } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { type AddressInfo, connect, type Server } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { createTransport } from '../../../src/core/transport/transport.ts';
import { selfSigned } from './certificate.ts';

const host = 'api.example.test';
const certificate = selfSigned(host);

async function listen(server: Server): Promise<number> {
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}

/** An https server for `host`, and a proxy that leads every name to it. */
async function startBoth(connectStatus = 200) {
  const seen: { authority: string; authorization?: string; encoding?: string }[] = [];
  const api = createHttpsServer(certificate, (message, response) => {
    seen.push({ authority: `origin ${message.headers.host}`, encoding: message.headers['accept-encoding'] as string });
    response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('{"hello":"wörld"}'));
  });
  const port = await listen(api);
  const proxy = createServer();
  proxy.on('connect', (message, socket) => {
    seen.push({ authority: message.url ?? '', authorization: message.headers['proxy-authorization'] });
    if (connectStatus !== 200) return void socket.end(`HTTP/1.1 ${connectStatus} No\r\n\r\n`);
    const upstream = connect(port, '127.0.0.1', () => socket.write('HTTP/1.1 200 Connected\r\n\r\n'));
    upstream.on('error', () => socket.destroy());
    socket.on('error', () => upstream.destroy());
    upstream.pipe(socket).pipe(upstream);
  });
  return { seen, proxyPort: await listen(proxy) };
}

function ask(env: Record<string, string>, timeout = 5000) {
  const transport = createTransport({ env });
  onTestFinished(() => transport.close());
  return {
    transport,
    send: () => transport({ method: 'POST', url: new URL(`https://${host}/v1/x`), headers: {}, timeout }),
  };
}

describe('a proxy', () => {
  afterEach(() => vi.unstubAllEnvs());

  it('carries https by CONNECT, with its own password, over one connection for several requests', async () => {
    vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0');
    const { seen, proxyPort } = await startBoth();
    const { send } = ask({ HTTPS_PROXY: `http://ana:geheim@127.0.0.1:${proxyPort}` });
    expect((await send()).body).toBe('{"hello":"wörld"}');
    expect((await send()).status).toBe(200);
    const authorization = `Basic ${Buffer.from('ana:geheim').toString('base64')}`;
    expect(seen).toEqual([
      { authority: `${host}:443`, authorization },
      { authority: `origin ${host}`, encoding: 'gzip, deflate' },
      { authority: `origin ${host}`, encoding: 'gzip, deflate' },
    ]);
  });

  it('does not excuse a certificate that nobody vouches for, and nothing was sent then', async () => {
    const { seen, proxyPort } = await startBoth();
    const failure = await ask({ HTTPS_PROXY: `http://127.0.0.1:${proxyPort}` })
      .send()
      .catch(error => error);
    expect(failure).toMatchObject({ code: 'unreachable', ambiguous: false });
    expect(failure.message).toBe(`${host} cannot be reached: its certificate is not trusted`);
    expect(failure.hint).toContain('NODE_EXTRA_CA_CERTS');
    expect(seen).toHaveLength(1);
  });

  it.each([
    [407, 'it wants a user and password (HTTP 407)'],
    [502, 'it refused (HTTP 502)'],
  ])('that answers %i is named, without its password', async (status, words) => {
    const { proxyPort } = await startBoth(status);
    const failure = await ask({ HTTPS_PROXY: `http://ana:geheim@127.0.0.1:${proxyPort}` })
      .send()
      .catch(error => error);
    expect(failure.message).toBe(`${host} cannot be reached: the proxy 127.0.0.1:${proxyPort}: ${words}`);
    expect(failure).toMatchObject({ code: 'unreachable', ambiguous: false });
    expect(failure.stack + failure.cause.stack).not.toContain('geheim');
  });

  it('that is not there is named', async () => {
    const failure = await ask({ HTTPS_PROXY: 'http://127.0.0.1:1' })
      .send()
      .catch(error => error);
    expect(failure.message).toBe(`${host} cannot be reached: the proxy 127.0.0.1:1: connection refused`);
  });

  it('that speaks no TLS is named when its URL says https', async () => {
    const { proxyPort } = await startBoth();
    const failure = await ask({ HTTPS_PROXY: `https://127.0.0.1:${proxyPort}` })
      .send()
      .catch(error => error);
    expect(failure.message).toContain(`the proxy 127.0.0.1:${proxyPort}: no TLS connection can be made`);
  });

  it('that hangs is given up at the timeout, and let go by close', async () => {
    const proxy = createServer();
    const letGo = new Promise(resolve => proxy.on('connect', (_, socket) => socket.on('end', resolve).resume()));
    const port = await listen(proxy);
    const { transport, send } = ask({ HTTPS_PROXY: `http://127.0.0.1:${port}` }, 50);
    await expect(send()).rejects.toMatchObject({ code: 'timeout', ambiguous: false });
    transport.close();
    await letGo;
  });
});
