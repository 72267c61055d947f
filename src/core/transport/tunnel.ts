import http from 'node:http';
import type https from 'node:https';
import type { Duplex } from 'node:stream';
import { explain, faultError } from './faults.ts';
import type { HttpProxy } from './proxy.ts';

/** What can be thrown away while it is still being made. */
export interface Destroyable {
  destroy(): unknown;
}

type Connect = (options: http.ClientRequestArgs, callback: (error: Error | null, socket?: Duplex) => void) => unknown;

const patience = 30_000;

/** Has an https agent open its connections through a proxy's CONNECT; tunnels in the making are kept in `opening`. */
export function throughProxy(agent: https.Agent, proxy: HttpProxy, opening: Set<Destroyable>): https.Agent {
  const tunnelled = agent as unknown as { createConnection: Connect };
  const encrypt = tunnelled.createConnection.bind(agent) as (options: object) => Duplex;
  tunnelled.createConnection = (options, callback) => {
    openTunnel(proxy, authorityOf(options), opening)
      .then(socket => encrypt({ ...options, socket }))
      .then(socket => callback(null, socket), callback);
    return undefined;
  };
  return agent;
}

function authorityOf({ host, port }: http.ClientRequestArgs): string {
  return `${host?.includes(':') ? `[${host}]` : host}:${port}`;
}

async function openTunnel(proxy: HttpProxy, authority: string, opening: Set<Destroyable>): Promise<Duplex> {
  const { request } = proxy.url.protocol === 'https:' ? await import('node:https') : http;
  const { host } = proxy.url;
  return new Promise((resolve, reject) => {
    const connect = request(proxy.url, {
      method: 'CONNECT',
      path: authority,
      agent: false,
      timeout: patience,
      headers: { host: authority, ...(proxy.authorization && { 'proxy-authorization': proxy.authorization }) },
    });
    opening.add(connect);
    connect.on('close', () => opening.delete(connect));
    connect.on('timeout', () => connect.destroy(Object.assign(new Error('timeout'), { code: 'ETIMEDOUT' })));
    connect.on('error', error => reject(faultError('PROXY', `the proxy ${host}: ${explain(error).words}`)));
    connect.on('connect', (response, socket, head) => {
      opening.delete(connect);
      socket.setTimeout(0);
      if (response.statusCode === 200) {
        if (head.length > 0) socket.unshift(head);
        return resolve(socket);
      }
      socket.destroy();
      const why = response.statusCode === 407 ? 'it wants a user and password' : 'it refused';
      reject(faultError('PROXY', `the proxy ${host}: ${why} (HTTP ${response.statusCode})`));
    });
    connect.end();
  });
}
