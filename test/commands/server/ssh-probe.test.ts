import { createServer, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { answersSsh } from '../../../src/commands/server/ssh-probe.ts';

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

async function listen(greet: (socket: Socket) => void): Promise<number> {
  const server = createServer(socket => {
    socket.on('error', () => {});
    closing.push(() => socket.destroy());
    greet(socket);
  });
  closing.push(() => server.close());
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as { port: number }).port;
}

describe('knocking at a port', () => {
  it('knows an SSH server by its greeting, also behind other lines', async () => {
    const port = await listen(socket => socket.write('welcome\r\nSSH-2.0-OpenSSH_10.0\r\n'));
    expect(await answersSsh('127.0.0.1', port, 5000)).toBe(true);
  });

  it('takes nothing else for one', async () => {
    const web = await listen(socket => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    expect(await answersSsh('127.0.0.1', web, 5000)).toBe(false);
    const endless = await listen(socket => socket.write('x'.repeat(10_000)));
    expect(await answersSsh('127.0.0.1', endless, 5000)).toBe(false);
  });

  it('does not wait longer than it is told, nor after a stop', async () => {
    const silent = await listen(() => {});
    expect(await answersSsh('127.0.0.1', silent, 30)).toBe(false);
    expect(await answersSsh('127.0.0.1', silent, 5000, AbortSignal.abort())).toBe(false);
  });
});
