import type { IncomingMessage, ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import type { FaultRule } from './faults.ts';

const bodyLimit = 1024 * 1024;

/** How replies are held back; times in milliseconds. */
export interface Wire {
  after(ms: number, run: () => void): void;
  latency: number;
}

/** A reply as it is sent; an empty body is sent as none. */
export interface Packet {
  status: number;
  headers: Record<string, string>;
  type: string;
  body: string;
}

/** Does the deed as far as the fault lets it; undefined means that no reply is sent. */
export function spoil<Reply>(
  rule: FaultRule | undefined,
  deed: { answer(): Reply; refuse(status: number, rule: FaultRule): Reply; garble(status: number): Reply },
): Reply | undefined {
  switch (rule?.kind) {
    case 'reset':
    case 'hang':
      return undefined;
    case 'lost':
      deed.answer();
      return undefined;
    case 'status':
      return deed.refuse(rule.status ?? 500, rule);
    case 'garbage':
      return deed.garble(rule.status ?? 200);
    default:
      return deed.answer();
  }
}

/** Runs `send` after the latency and the delay of the fault; at once where there is neither. */
export function hold({ after, latency }: Wire, rule: FaultRule | undefined, send: () => void): void {
  const delay = latency + (rule?.kind === 'late' ? 0 : (rule?.delay ?? 0));
  if (delay > 0) after(delay, send);
  else send();
}

/** Sends the packet as the fault lets it through. Without a packet the connection is dropped, or with `hang` kept. */
export function transmit(
  message: IncomingMessage,
  response: ServerResponse,
  packet: Packet | undefined,
  rule: FaultRule | undefined,
): void {
  if (!packet) {
    if (rule?.kind !== 'hang') message.socket.destroy();
    return;
  }
  response.statusCode = packet.status;
  const isGarbage = rule?.kind === 'garbage';
  const body = isGarbage ? '<html><body><h1>Welcome to the proxy</h1></body></html>\n' : packet.body;
  for (const [name, value] of Object.entries({ ...packet.headers, ...rule?.headers })) response.setHeader(name, value);
  if (body === '') return void response.end();
  response.setHeader('Content-Type', isGarbage ? 'text/html' : packet.type);
  let bytes = Buffer.from(body);
  if (bytes.length > 1024 && /\bgzip\b/.test(String(message.headers['accept-encoding'] ?? ''))) {
    bytes = gzipSync(bytes, { level: 1 });
    response.setHeader('Content-Encoding', 'gzip');
  }
  response.setHeader('Content-Length', bytes.length);
  if (rule?.kind === 'cutoff') {
    response.write(bytes.subarray(0, Math.floor(bytes.length / 2)), () => message.socket.destroy());
    return;
  }
  response.end(bytes);
}

/** The body as text; undefined when it is too large to be a request of these APIs. */
export async function readBody(message: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  // A body that is too large is read to its end and dropped, so that the client gets its answer.
  for await (const chunk of message as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size <= bodyLimit) chunks.push(chunk);
  }
  return size <= bodyLimit ? Buffer.concat(chunks).toString('utf8') : undefined;
}
