import type { ClientRequest, IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { type Guard, pinned } from '../../transport/guard.ts';

/** One question over HTTP. */
export interface Question {
  readonly url: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly maxRedirects: number;
  /** Asked for the host of each request, those of redirects too. */
  readonly guard: Guard;
  readonly signal: AbortSignal;
}

/** What came back in the end. */
export interface Answer {
  readonly url: string;
  readonly status: number;
  /** Its first MiB. */
  readonly body: string;
  /** True when there was more of it. */
  readonly isCut: boolean;
  /** The end of the certificate, as Node writes it. */
  readonly validTo?: string;
  /** Below 0 when there was one redirect more than allowed. */
  readonly redirectsLeft: number;
  /** Milliseconds of each phase of the last request, and of all together. */
  readonly timings: Readonly<Record<string, number>>;
}

const longestBody = 2 ** 20;

/** Asks on a connection of its own and follows redirects; rejects with what the connection says, and when an answer is cut off. */
export async function ask(question: Question): Promise<Answer> {
  const begun = performance.now();
  let { url, method, body, headers } = question;
  let redirectsLeft = question.maxRedirects;
  for (;;) {
    const one = await askOnce({ ...question, url, method, body, headers });
    const target = one.location === undefined ? undefined : resolve(one.location, url);
    const isRedirect = [301, 302, 303, 307, 308].includes(one.status) && target !== undefined;
    if (!isRedirect || question.maxRedirects === 0 || redirectsLeft === 0) {
      if (isRedirect && question.maxRedirects > 0) redirectsLeft -= 1;
      const { location: _, ...answer } = one;
      return { ...answer, url, redirectsLeft, timings: { ...one.timings, total: tenths(performance.now() - begun) } };
    }
    redirectsLeft -= 1;
    if (target.origin !== new URL(url).origin) headers = {};
    if (one.status === 303 || (one.status < 303 && method === 'POST')) [method, body] = ['GET', undefined];
    url = target.href;
  }
}

interface One extends Omit<Answer, 'url' | 'redirectsLeft'> {
  readonly location?: string;
}

async function askOnce({ url, method, headers, body, signal, guard }: Question): Promise<One> {
  const { hostname } = new URL(url);
  const begun = performance.now();
  const addresses = await guard(hostname);
  const isName = isIP(hostname.replace(/^\[|\]$/g, '')) === 0;
  const looked: Record<string, number> = isName ? { dns: tenths(performance.now() - begun) } : {};
  const isTls = url.startsWith('https:');
  const { request } = isTls ? await import('node:https') : await import('node:http');
  const sent = request(url, {
    method,
    headers: { 'user-agent': 'cloudctl', accept: '*/*', ...headers },
    // A connection kept open would hide that no new one can be made.
    agent: false,
    signal,
    lookup: pinned(addresses),
  });
  const phases = measure(sent);
  try {
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      sent.once('response', resolve);
      sent.once('error', reject);
      sent.end(body);
    });
    phases.mark('wait');
    const validTo = isTls ? (response.socket as TLSSocket).getPeerCertificate().valid_to : undefined;
    const read = await readBody(response);
    phases.mark('read');
    const { location } = response.headers;
    return { status: response.statusCode ?? 0, ...read, validTo, location, timings: { ...looked, ...phases.taken } };
  } finally {
    sent.on('error', () => {});
    sent.destroy();
  }
}

/** Notes how long each phase takes. */
function measure(sent: ClientRequest) {
  const taken: Record<string, number> = {};
  let last = performance.now();
  const mark = (phase: string) => {
    const now = performance.now();
    taken[phase] = tenths(now - last);
    last = now;
  };
  sent.once('socket', socket => {
    socket.once('connect', () => mark('connect'));
    socket.once('secureConnect', () => mark('tls'));
  });
  return { taken, mark };
}

async function readBody(response: IncomingMessage): Promise<{ body: string; isCut: boolean }> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of response) {
    chunks.push(chunk as Buffer);
    length += (chunk as Buffer).length;
    if (length > longestBody) break;
  }
  return { body: Buffer.concat(chunks).subarray(0, longestBody).toString('utf8'), isCut: length > longestBody };
}

function resolve(location: string, from: string): URL | undefined {
  if (!URL.canParse(location, from)) return undefined;
  const url = new URL(location, from);
  return ['http:', 'https:'].includes(url.protocol) ? url : undefined;
}

function tenths(ms: number): number {
  return Math.round(ms * 10) / 10;
}
