import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { onTestFinished } from 'vitest';

/** What a network does to the connections that are made while it is so; times in milliseconds. */
export type Toxic =
  /** What comes is late, and so much at a time; default all. */
  | { readonly kind: 'slow'; readonly ms: number; readonly bytes?: number }
  /** That one side has closed the other learns so much later. */
  | { readonly kind: 'slow close'; readonly ms: number }
  /** Nobody is reached. */
  | { readonly kind: 'down' }
  /** Nothing comes through. */
  | { readonly kind: 'silence' }
  /** The connection is reset by what comes. */
  | { readonly kind: 'reset' }
  /** The connection is closed when so many bytes have gone to the server, or come back. */
  | { readonly kind: 'cut'; readonly way: 'there' | 'back'; readonly after: number };

/** A proxy before a server of this machine which does what toxiproxy's toxics do; `bites` counts connections that had one, `passed` the bytes of the longest. */
export async function openFaultyProxy(port: number) {
  const state = { toxic: undefined as Toxic | undefined, bites: 0, passed: { there: 0, back: 0 } };
  const sockets = new Set<Socket>();
  const ended = new AbortController();

  const keep = (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => {}).on('close', () => sockets.delete(socket));
  };

  async function carry(from: Socket, to: Socket, way: 'there' | 'back', toxic: Toxic | undefined): Promise<void> {
    let passed = 0;
    const most = toxic?.kind === 'cut' && toxic.way === way ? toxic.after : Number.POSITIVE_INFINITY;
    for await (const data of from.iterator({ destroyOnReturn: false })) {
      if (toxic?.kind === 'silence') continue;
      if (toxic?.kind === 'reset') {
        for (const socket of [from, to]) socket.resetAndDestroy();
        return;
      }
      for (const piece of pieces(data, toxic)) {
        if (toxic?.kind === 'slow') await wait(toxic.ms, undefined, ended);
        if (to.writable) to.write(piece.subarray(0, most - passed));
        passed += piece.length;
        state.passed[way] = Math.max(state.passed[way], passed);
      }
      if (passed < most) continue;
      // The last bytes arrive still.
      to.end();
      return void from.destroy();
    }
    if (toxic?.kind === 'slow close') await wait(toxic.ms, undefined, ended);
    to.end();
  }

  const server = createServer({ allowHalfOpen: true }, client => {
    const { toxic } = state;
    if (toxic) state.bites += 1;
    keep(client);
    if (toxic?.kind === 'down') return void client.resetAndDestroy();
    const upstream = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    keep(upstream);
    carry(client, upstream, 'there', toxic).catch(() => upstream.destroy());
    carry(upstream, client, 'back', toxic).catch(() => client.destroy());
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(async () => {
    ended.abort();
    for (const socket of sockets) socket.destroy();
    await new Promise(resolve => server.close(resolve));
  });
  return { state, port: (server.address() as AddressInfo).port };
}

function* pieces(data: Buffer, toxic: Toxic | undefined): Iterable<Buffer> {
  const size = toxic?.kind === 'slow' ? (toxic.bytes ?? data.length) : data.length;
  for (let at = 0; at < data.length; at += size) yield data.subarray(at, at + size);
}
