import { readFileSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import { type AddressInfo, isIPv6 } from 'node:net';
import { createSecureContext, type SecureContextOptions } from 'node:tls';
import { getRequestListener } from '@hono/node-server';
import type { Hono } from 'hono';
import { codeOf } from '../../core/config/storage.ts';
import { Failure } from '../../core/failure.ts';
import type { Values } from '../config/configuration.ts';
import { parseListen } from '../config/listen.ts';
import type { HttpEnvironment } from './environment.ts';
import { type Access, openTo, prepareSocket } from './socket-file.ts';

export interface ServersOptions {
  readonly app: Hono<HttpEnvironment>;
  readonly socket: string;
  readonly access: Access;
  readonly values: Pick<Values, 'listen' | 'tls-cert' | 'tls-key'>;
  readonly onError: (error: Error) => void;
}

/** What listens. */
export interface Servers {
  /** Such as `https://127.0.0.1:8443`, undefined where only the socket is there. */
  readonly address: string | undefined;
  /** Reads certificate and key again, for connections to come; throws `usage` and keeps the old ones when they are bad. */
  renew(): void;
  /** Takes no new connections, and ends those that are idle. */
  drain(): void;
  /** Resolves when every request has been answered, or when they are cut off after `patience` milliseconds. */
  stop(patience: number): Promise<void>;
}

// A client has so long for its headers, and for the whole of its request; answers may take as long as they like.
const timeouts = {
  headersTimeout: 10_000,
  requestTimeout: 60_000,
  // Longer than clients keep an idle connection: who closes it as the other sends something has that lost.
  keepAliveTimeout: 100_000,
  connectionsCheckingInterval: 5_000,
  maxHeaderSize: 32_768,
};

/** Listens on the socket and, where one is configured, on the address; throws `busy` or `usage` when one cannot be had, and leaves neither. */
export async function openServers({ app, socket, access, values, onError }: ServersOptions): Promise<Servers> {
  const listenerOf = (via: 'socket' | 'tcp') =>
    // With the library's own Response in place of the global one an answer is written as the text that it is, not read out of a stream: that is a third of what a kept list costs.
    getRequestListener((request, env) => app.fetch(request, { ...env, via }));
  const local = http.createServer(timeouts, listenerOf('socket'));
  const remote = values.listen === undefined ? undefined : createRemote(values, listenerOf('tcp'));
  const servers = remote ? [local, remote] : [local];
  await prepareSocket(socket, access);
  try {
    await listen(local, { path: socket }, socket);
    openTo(socket, access);
    if (remote) await listen(remote, parseListen(values.listen!), values.listen!);
  } catch (error) {
    for (const server of servers) server.close();
    throw error;
  }
  for (const server of servers) server.on('error', onError);
  const drain = () => {
    for (const server of servers) {
      if (server.listening) server.close();
      server.closeIdleConnections();
    }
  };
  return {
    address: remote && addressOf(remote.address() as AddressInfo, values['tls-cert'] !== undefined),
    renew: () => {
      if (remote instanceof https.Server) remote.setSecureContext(readPair(values)!);
    },
    drain,
    async stop(patience) {
      const closed = Promise.all(servers.map(untilClosed));
      drain();
      const cut = setTimeout(() => {
        for (const server of servers) server.closeAllConnections();
      }, patience);
      await closed;
      clearTimeout(cut);
    },
  };
}

function createRemote(values: ServersOptions['values'], listener: http.RequestListener): http.Server {
  const pair = readPair(values);
  return pair ? https.createServer({ ...timeouts, ...pair }, listener) : http.createServer(timeouts, listener);
}

/** The certificate and its key, tried out; undefined where none are configured. */
function readPair({ 'tls-cert': cert, 'tls-key': key }: ServersOptions['values']): SecureContextOptions | undefined {
  if (cert === undefined || key === undefined) return undefined;
  const read = (name: string, file: string) => {
    try {
      return readFileSync(file);
    } catch (error) {
      throw new Failure('usage', `${name}: ${file} cannot be read: ${codeOf(error)}`, { cause: error });
    }
  };
  const pair = { cert: read('tls-cert', cert), key: read('tls-key', key), minVersion: 'TLSv1.2' } as const;
  try {
    createSecureContext(pair);
  } catch (error) {
    throw new Failure('usage', `tls-cert and tls-key are no pair: ${(error as Error).message}`, { cause: error });
  }
  return pair;
}

function listen(
  server: http.Server,
  where: { path: string } | { host?: string; port: number },
  name: string,
): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', error => reject(explain(error, name)));
    server.listen(where, () => {
      server.removeAllListeners('error');
      resolve();
    });
  });
}

function explain(error: Error, name: string): Failure {
  const code = codeOf(error);
  if (code === 'EADDRINUSE') return new Failure('busy', `${name} is in use by another program`, { cause: error });
  const faults: Readonly<Record<string, string>> = {
    EACCES: 'permission denied',
    EADDRNOTAVAIL: 'this machine has no such address',
    ENOTFOUND: 'there is no such host',
  };
  return new Failure('usage', `cannot listen on ${name}: ${faults[code ?? ''] ?? error.message}`, { cause: error });
}

function untilClosed(server: http.Server): Promise<void> {
  return new Promise(resolve => {
    if (!server.listening) server.closeIdleConnections();
    server.getConnections((_, count) =>
      server.listening || count > 0 ? server.once('close', () => resolve()) : resolve(),
    );
  });
}

function addressOf({ address, port }: AddressInfo, isSecure: boolean): string {
  return `${isSecure ? 'https' : 'http'}://${isIPv6(address) ? `[${address}]` : address}:${port}`;
}
