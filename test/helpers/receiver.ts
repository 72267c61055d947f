import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { onTestFinished } from 'vitest';

/** One request as a receiver has got it. */
export interface Received {
  readonly path: string;
  readonly method: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** What a receiver does with a request: a status, or whatever it wants with the answer and the connection. */
export type Reply = number | ((answer: ServerResponse, socket: Socket) => void);

/** A server of HTTP on this machine that keeps what it gets. */
export async function openReceiver(reply: (request: Received) => Reply = () => 200) {
  const received: Received[] = [];
  const state = { reply };
  const server = createServer(async (request, answer) => {
    const chunks: Buffer[] = [];
    try {
      for await (const chunk of request) chunks.push(chunk as Buffer);
    } catch {
      // What is cut off has not come.
      return;
    }
    const { url = '', method = '', headers } = request;
    const one = { path: url, method, headers, body: Buffer.concat(chunks).toString('utf8') };
    received.push(one);
    const given = state.reply(one);
    if (typeof given === 'number') answer.writeHead(given).end('{}');
    else given(answer, request.socket);
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise(resolve => server.close(resolve));
  });
  const { port } = server.address() as AddressInfo;
  return { received, state, port, url: `http://127.0.0.1:${port}` };
}
