import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createTransport } from '../../../../src/core/transport/transport.ts';
import { failureOf } from '../../config/home.ts';
import { keySet, keys, now, setUp, toJwk, token } from './issuer.ts';

/** A verifier over the real transport and a server on loopback, which answers as the listener says at the time. */
async function serve() {
  const paths: string[] = [];
  const good: RequestListener = (_, response) => response.end(keySet(toJwk(keys.first)).body);
  const played = { listener: good };
  const server = createServer((request, response) => {
    paths.push(request.url ?? '');
    played.listener(request, response);
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const transport = createTransport({ env: {} });
  const stop = async () => {
    transport.close();
    server.closeAllConnections();
    await new Promise(resolve => server.close(resolve));
  };
  onTestFinished(stop);
  const jwksUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/sso/jwks/client`;
  // The limit of five seconds is the request's own; nobody waits for it here.
  const http: typeof transport = Object.assign(
    (request: Parameters<typeof transport>[0]) => transport({ ...request, timeout: request.timeout / 50 }),
    { close: transport.close },
  );
  return { played, paths, stop, ...setUp({ jwksUrl, http }) };
}

const endless = { exp: now / 1000 + 86_400 };

const outages: [string, RequestListener][] = [
  ['fails', (_, response) => response.writeHead(500).end('{"keys":[]}')],
  ['answers with a web page', (_, response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<p>')],
  ['hangs', () => {}],
  ['hangs in the middle of its answer', (_, response) => void response.write('{"keys":[')],
  ['drops the connection', request => request.socket.destroy()],
  ['redirects', (_, response) => response.writeHead(302, { location: '/elsewhere' }).end()],
];

describe.each(outages)('over HTTP, an issuer that %s', (_, listener) => {
  it('is unreachable at first, and later does not stop the keys that it gave', async () => {
    const { played, paths, verify, clock } = await serve();
    const { listener: good } = played;
    played.listener = listener;
    expect((await failureOf(() => verify(token(endless)))).code).toBe('unreachable');
    played.listener = good;
    await clock.advance(30_000);
    await verify(token(endless));
    played.listener = listener;
    await clock.advance(10 * 60_000);
    await verify(token(endless));
    expect(paths).toEqual(Array(3).fill('/sso/jwks/client'));
  });
});

describe('over HTTP, an issuer that is gone', () => {
  it('does not stop the keys that it gave', async () => {
    const { stop, verify, clock } = await serve();
    await verify(token(endless));
    await stop();
    await clock.advance(10 * 60_000);
    await verify(token(endless));
  });

  it('before it gave any is unreachable', async () => {
    const { stop, verify } = await serve();
    await stop();
    const { code, message } = await failureOf(() => verify(token()));
    expect(code).toBe('unreachable');
    expect(message).toContain('connection refused');
  });
});
