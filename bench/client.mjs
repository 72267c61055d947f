// A client that costs little: connections that stay open, one request after the other on each, in a process of its own.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { fileURLToPath } from 'node:url';

const file = fileURLToPath(import.meta.url);

/** Answers a second and the milliseconds that each took, `lines` being the head of the request; `socket` is a path or a port. Throws at the first answer that is not 200. */
export async function press({ socket, lines, connections = 10, seconds = 3 }) {
  const child = fork(file, ['press']);
  child.send({ socket, lines, connections, seconds });
  const [told] = await once(child, 'message');
  if (told.error) throw new Error(told.error);
  return told;
}

function open(socket) {
  const stream = typeof socket === 'number' ? connect(socket, '127.0.0.1') : connect(socket);
  let held = Buffer.alloc(0);
  let settle;
  let fail;
  stream.on('error', error => fail?.(error));
  stream.on('data', data => {
    held = held.length === 0 ? data : Buffer.concat([held, data]);
    const end = held.indexOf('\r\n\r\n');
    if (end < 0) return;
    const head = held.latin1Slice(0, end);
    const length = /^content-length: (\d+)/im.exec(head)?.[1];
    if (length === undefined) return fail(new Error(`an answer without a length: ${head}`));
    if (held.length < end + 4 + Number(length)) return;
    held = Buffer.alloc(0);
    if (head.startsWith('HTTP/1.1 200')) settle();
    else fail(new Error(head));
  });
  return {
    ask: request =>
      new Promise((resolve, reject) => {
        [settle, fail] = [resolve, reject];
        stream.write(request);
      }),
    close: () => stream.destroy(),
  };
}

async function pressFor({ socket, lines, connections, seconds }) {
  const request = Buffer.from(`${lines.join('\r\n')}\r\nhost: bench\r\n\r\n`);
  const clients = Array.from({ length: connections }, () => open(socket));
  const times = [];
  const begun = performance.now();
  const until = begun + seconds * 1000;
  await Promise.all(
    clients.map(async client => {
      for (let at = performance.now(); at < until; ) {
        await client.ask(request);
        const now = performance.now();
        times.push(now - at);
        at = now;
      }
    }),
  );
  const took = performance.now() - begun;
  for (const client of clients) client.close();
  times.sort((a, b) => a - b);
  const at = part => times[Math.floor(times.length * part)];
  return { count: times.length, rate: (times.length / took) * 1000, median: at(0.5), p99: at(0.99) };
}

if (process.argv[2] === 'press' && process.argv[1] === file) {
  const [order] = await once(process, 'message');
  process.send(await pressFor(order).catch(error => ({ error: error.message })));
  process.disconnect();
}
