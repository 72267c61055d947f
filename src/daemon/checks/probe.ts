import { once } from 'node:events';
import { connect } from 'node:net';
import type { Probe } from '../../core/checks/outage.ts';

/** Resolves with true as soon as one of the targets (`host:port`) takes a connection, with false when none does. */
export function probeOf(targets: readonly string[]): Probe {
  return async signal => {
    const tries = targets.map(target => reach(target, signal));
    return Promise.any(tries).catch(() => false);
  };
}

async function reach(target: string, signal: AbortSignal): Promise<true> {
  const { hostname, port } = new URL(`tcp://${target}`);
  const socket = connect({ host: hostname.replace(/^\[|\]$/g, ''), port: Number(port), signal });
  try {
    await once(socket, 'connect', { signal });
    return true;
  } finally {
    socket.on('error', () => {});
    socket.destroy();
  }
}

/** The place that an address of http or https leads to, as `host:port`. */
export function targetOf(address: string): string {
  const { hostname, port, protocol } = new URL(address);
  return `${hostname}:${port || (protocol === 'http:' ? 80 : 443)}`;
}
