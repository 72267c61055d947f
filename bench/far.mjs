// A Hetzner that is far away: TLS before a sandbox, each byte so many milliseconds later on its way there and back, in a process of its own.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { createServer as createSecureServer } from 'node:tls';
import { fileURLToPath } from 'node:url';
import { makeCertificate } from './certificate.mjs';

const file = fileURLToPath(import.meta.url);

/** The address of a sandbox as somebody sees it who is a round trip of that many milliseconds away, the file of the certificate to trust, and what closes it. */
export async function moveAway(sandbox, roundTrip) {
  const certificate = makeCertificate();
  const child = fork(file, ['far']);
  const [cert, key] = [String(certificate.cert), String(certificate.key)];
  child.send({ port: Number(new URL(sandbox.url).port), cert, key, roundTrip });
  const [port] = await once(child, 'message');
  const close = async () => {
    child.kill();
    await once(child, 'exit');
    certificate.remove();
  };
  return { url: `https://localhost:${port}/v1`, trusted: certificate.file, close };
}

/** Carries what comes, later by so much; pieces do not wait for each other. */
function carry(from, to, delay) {
  let last = Promise.resolve();
  const later = (act, more = 0) => {
    const due = setTimeout(delay + more);
    last = Promise.all([last, due]).then(act);
  };
  // On the way there the first piece could only be sent when the connection was made, which takes a round trip as well.
  let isFirst = true;
  from.on('data', data => {
    const more = isFirst && from.isClient ? 2 * delay : 0;
    isFirst = false;
    later(() => to.write(data), more);
  });
  from.on('end', () => later(() => to.end()));
  from.on('error', () => to.destroy());
}

async function serve({ port, cert, key, roundTrip }) {
  const secure = createSecureServer({ cert, key, noDelay: true }, client => {
    const upstream = connect({ port, host: '127.0.0.1', noDelay: true });
    upstream.pipe(client).pipe(upstream);
    for (const socket of [client, upstream]) socket.on('error', () => socket.destroy());
  });
  secure.listen(0, '127.0.0.1');
  await once(secure, 'listening');
  const relay = createServer({ allowHalfOpen: true, noDelay: true }, client => {
    const near = connect({ port: secure.address().port, host: '127.0.0.1', allowHalfOpen: true, noDelay: true });
    client.isClient = true;
    carry(client, near, roundTrip / 2);
    carry(near, client, roundTrip / 2);
  });
  relay.listen(0, '127.0.0.1');
  await once(relay, 'listening');
  process.send(relay.address().port);
}

if (process.argv[2] === 'far' && process.argv[1] === file) {
  const [order] = await once(process, 'message');
  await serve(order);
}
