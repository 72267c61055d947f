import { connect, createServer, type Socket } from 'node:net';

/** Which command of a client is its last: it is not passed on, or its answer is not. */
export interface Cut {
  readonly at: number;
  readonly when: 'before' | 'after';
}

/** A proxy before a MySQL server that hangs up at a command, and counts commands; those of signing in are none. */
export interface CuttingProxy {
  readonly port: number;
  /** Commands since the last `cut`. */
  readonly count: number;
  /** Hangs up at that command, counted over all connections from now on, once; at a text when it is one. */
  cut(cut?: Cut | { readonly at: string; readonly when: Cut['when'] }): void;
  close(): Promise<void>;
}

/** Starts it on loopback, before the server at this URL. */
export async function openCuttingProxy(server: string): Promise<CuttingProxy> {
  const target = new URL(server);
  const sockets = new Set<Socket>();
  let [count, planned]: [number, { at: number | string; when: string } | undefined] = [0, undefined];
  const listener = createServer(client => {
    const upstream = connect(Number(target.port || 3306), target.hostname);
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => {
        for (const other of [client, upstream]) other.destroy();
        sockets.delete(socket);
      });
    }
    let isMuted = false;
    upstream.on('data', data => {
      if (isMuted) client.destroy();
      else client.write(data);
    });
    client.on('data', data => {
      // A command begins with packet 0; 3 is a query.
      const isCommand = data[3] === 0 && data[4] === 3;
      if (isCommand) count += 1;
      const isIt =
        isCommand && planned && (typeof planned.at === 'string' ? data.includes(planned.at) : planned.at === count);
      if (!isIt) return void upstream.write(data);
      const { when } = planned!;
      planned = undefined;
      if (when === 'before') return void client.destroy();
      isMuted = true;
      upstream.write(data);
    });
  });
  await new Promise<void>(resolve => listener.listen(0, '127.0.0.1', resolve));
  return {
    port: (listener.address() as { port: number }).port,
    get count() {
      return count;
    },
    cut(cut) {
      [count, planned] = [0, cut];
    },
    close: () =>
      new Promise(resolve => {
        for (const socket of sockets) socket.destroy();
        listener.close(() => resolve());
      }),
  };
}
