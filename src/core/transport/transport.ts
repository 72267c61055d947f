import http from 'node:http';
import type https from 'node:https';
import { Failure } from '../failure.ts';
import type { HttpRequest, Transport, World } from '../world.ts';
import { exchange } from './exchange.ts';
import { isLoopback } from './loopback.ts';
import { proxyFor } from './proxy.ts';
import { type Destroyable, throughProxy } from './tunnel.ts';

/** How requests travel. */
export interface TransportOptions {
  readonly env: World['env'];
  /** A Unix socket that all requests go to, in place of the URL's host and port. */
  readonly socketPath?: string;
  /** The largest body taken, in bytes after decompression; default 256 MiB. */
  readonly maxBytes?: number;
}

/** A transport with a pool; idle connections do not keep the process alive. */
export type PooledTransport = Transport & {
  /** Drops all connections, used and idle; later requests open new ones. */
  close(): void;
};

// Servers drop idle connections after five seconds and more: one that is about to be dropped must not get a request.
const pool: http.AgentOptions = { keepAlive: true, timeout: 4000 };

/** A transport on node:http and node:https: connections kept, one timeout for the whole exchange, gzip, proxies from the environment. */
export function createTransport({ env, socketPath, maxBytes = 256 * 2 ** 20 }: TransportOptions): PooledTransport {
  const plain = new http.Agent(pool);
  const secure = new Map<string, https.Agent>();
  const opening = new Set<Destroyable>();

  async function start(request: HttpRequest): Promise<() => http.ClientRequest> {
    const { url, method } = request;
    const near = socketPath !== undefined || isLoopback(url.hostname);
    const options = { method, headers: headersOf(request, near), ...(socketPath && { socketPath }) };
    // Without a name for TLS, which Node would take two milliseconds to find for a socket, only to have no use for it.
    const unnamed = { servername: '' };
    if (url.protocol === 'http:' && near) return () => http.request(url, { ...options, ...unnamed, agent: plain });
    if (url.protocol !== 'https:') throw notEncrypted(url);
    const { Agent, request: open } = await import('node:https');
    const proxy = socketPath ? undefined : proxyFor(url, env);
    const key = proxy ? `${proxy.url.href} ${proxy.authorization}` : '';
    const agent = secure.get(key) ?? (proxy ? throughProxy(new Agent(pool), proxy, opening) : new Agent(pool));
    secure.set(key, agent);
    return () => open(url, { ...options, agent });
  }

  const transport: Transport = async request =>
    exchange(await start(request), request, socketPath ?? request.url.host, maxBytes);
  return Object.assign(transport, {
    close() {
      for (const tunnel of opening) tunnel.destroy();
      for (const agent of [plain, ...secure.values()]) agent.destroy();
    },
  });
}

function headersOf({ headers, body, onText }: HttpRequest, near: boolean): Record<string, string | number> {
  return {
    // On this machine compressing costs more time than it saves; what is taken piece by piece would come late.
    ...(near || onText ? {} : { 'accept-encoding': 'gzip, deflate' }),
    ...headers,
    ...(body === undefined ? {} : { 'content-length': Buffer.byteLength(body) }),
  };
}

function notEncrypted(url: URL): Failure {
  if (url.protocol !== 'http:') {
    return new Failure('usage', `${url.origin}: only https is spoken`, { hint: 'Use an endpoint with https://' });
  }
  return new Failure('usage', `${url.origin}: plain http is for this machine only`, {
    hint: `Use https://${url.host}`,
  });
}
