import { afterEach, expect } from 'vitest';
import { type Exchange, type Sandbox, type SandboxOptions, startSandbox } from '../../src/sandbox/index.ts';
import { createValidator } from '../helpers/schema.ts';

// biome-ignore lint/suspicious/noExplicitAny: replies are compared with Hetzner's document, not with types.
export type Json = any;

/** A reply with its body parsed as JSON. */
export interface Answer {
  status: number;
  headers: Headers;
  body: Json;
}

/** A sandbox with a clock that stands still, and ways to ask it. */
export interface Opened {
  sandbox: Sandbox;
  clock: { now(): number; advance(ms: number): void };
  call(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>;
  get(path: string): Promise<Json>;
  post(path: string, body?: unknown): Promise<Json>;
  put(path: string, body?: unknown): Promise<Json>;
  /** The error code of a request that must fail, with its HTTP status: `locked 423`. */
  refusal(method: string, path: string, body?: unknown): Promise<string>;
  /** Deletes, and says with what status. */
  remove(path: string): Promise<number>;
  /** Lets a minute pass, in which every action ends. */
  finish(): void;
}

const validator = createValidator();
if (!validator) console.warn('no OpenAPI document of Hetzner: replies are not compared with it');
const opened: { sandbox: Sandbox; violations: string[] }[] = [];

afterEach(async () => {
  for (const { sandbox, violations } of opened.splice(0)) {
    await sandbox.stop();
    expect(violations).toEqual([]);
  }
});

/** Starts a sandbox that is stopped after the test, when every exchange must have been right by Hetzner's document. */
export async function open(options: SandboxOptions = {}, { checkRequests = true } = {}): Promise<Opened> {
  let now = Date.parse('2026-11-23T08:00:00Z');
  const clock = {
    now: () => now,
    advance: (ms: number) => {
      now += ms;
    },
  };
  const violations: string[] = [];
  const observe = (exchange: Exchange) => {
    violations.push(...(validator?.checkResponse(exchange) ?? []));
    // What succeeds must have been asked for rightly, too.
    const isTaken = checkRequests && exchange.status >= 200 && exchange.status < 300;
    if (isTaken) violations.push(...(validator?.checkRequest(exchange) ?? []));
  };
  const sandbox = await startSandbox({ clock, observe, ...options });
  opened.push({ sandbox, violations });

  async function call(method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
    const response = await fetch(sandbox.url + path, {
      method,
      headers: { Authorization: `Bearer ${sandbox.token}`, ...headers },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: text === '' ? undefined : JSON.parse(text) };
  }
  const succeed =
    (method: string) =>
    async (path: string, body?: unknown): Promise<Json> => {
      const answer = await call(method, path, body);
      if (answer.status >= 300) throw new Error(`${method} ${path}: ${JSON.stringify(answer.body)}`);
      return answer.body;
    };
  return {
    sandbox,
    clock,
    call,
    get: succeed('GET'),
    post: succeed('POST'),
    put: succeed('PUT'),
    async refusal(method, path, body) {
      const answer = await call(method, path, body);
      return `${answer.body?.error?.code} ${answer.status}`;
    },
    async remove(path) {
      return (await call('DELETE', path)).status;
    },
    finish: () => clock.advance(60_000),
  };
}

/** Makes a server that is done and running. */
export async function makeServer({ post, get, finish }: Opened, more: Record<string, unknown> = {}): Promise<Json> {
  const body = { name: 'web-1', server_type: 'cx23', image: 'debian-13', location: 'fsn1', ...more };
  const { server } = await post('/servers', body);
  finish();
  return (await get(`/servers/${server.id}`)).server;
}

/** A public key of the right shape, another for another number. */
export function publicKey(number = 1): string {
  const blob = Buffer.alloc(51, number);
  blob.writeUInt32BE(11, 0);
  blob.write('ssh-ed25519', 4);
  blob.writeUInt32BE(32, 15);
  return `ssh-ed25519 ${blob.toString('base64')} key-${number}`;
}
