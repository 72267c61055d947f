import { connect, createServer, type Server, type Socket } from 'node:net';

/** A TCP proxy on loopback before a server, by which that server can be taken away. */
export interface Gate {
  /** The URL of the server with the address of the gate in it. */
  readonly url: string;
  /** Connections are lost, and none is taken any more. */
  cut(): Promise<void>;
  /** Connections stay and new ones are taken, but nothing passes. */
  hang(): void;
  /** Lets pass again, what waited first. */
  open(): Promise<void>;
  /** Takes it down for good. */
  close(): Promise<void>;
}

/** An open gate before the server of a URL with host and port. */
export async function openGate(target: string): Promise<Gate> {
  const { hostname, port } = new URL(target);
  const sockets = new Set<Socket>();
  let isHanging = false;
  let server: Server | undefined;

  const take = (client: Socket) => {
    const upstream = connect(Number(port), hostname);
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(from);
      from.on('error', () => {});
      from.on('close', () => {
        sockets.delete(from);
        to.destroy();
      });
      from.on('data', data => void to.write(data));
      if (isHanging) from.pause();
    }
  };
  const listen = (at: number) =>
    new Promise<number>((resolve, reject) => {
      const listener = createServer(take);
      listener.once('error', reject);
      listener.listen(at, '127.0.0.1', () => resolve((listener.address() as { port: number }).port));
      server = listener;
    });
  const cut = () =>
    new Promise<void>(resolve => {
      if (!server) return resolve();
      server.close(() => resolve());
      server = undefined;
      for (const socket of sockets) socket.destroy();
    });

  const own = await listen(0);
  const url = new URL(target);
  url.hostname = '127.0.0.1';
  url.port = String(own);
  return {
    url: url.href,
    cut,
    close: cut,
    hang() {
      isHanging = true;
      for (const socket of sockets) socket.pause();
    },
    async open() {
      isHanging = false;
      for (const socket of sockets) socket.resume();
      if (!server) await listen(own);
    },
  };
}
