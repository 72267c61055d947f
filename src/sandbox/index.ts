import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Project } from './api.ts';
import { answerControl, type Controls } from './control.ts';
import { isCrossSite } from './cross-site.ts';
import { createFaults, type FaultRule } from './faults.ts';
import { type Exchange, serveApi } from './http.ts';
import { createLimiter } from './limiter.ts';
import { isLoopback } from './loopback.ts';
import { createFinder } from './route.ts';
import { routes } from './routes.ts';
import { type Seed, sow } from './seed.ts';
import { createState, type Limits, type State } from './state.ts';
import { readBody } from './wire.ts';
import { createWorkos, type Workos } from './workos/index.ts';
import type { WorkosOptions } from './workos/options.ts';

export type { FaultRule } from './faults.ts';
export type { Exchange } from './http.ts';
export type { Seed } from './seed.ts';
export { type Limits, type State, setStock } from './state.ts';
export type { Workos, WorkosFaultRule } from './workos/index.ts';
export type { WorkosOptions, WorkosSettings } from './workos/options.ts';
export type { WorkosState } from './workos/state.ts';

/** How a sandbox is set up; all of it has a default. */
export interface SandboxOptions {
  /** 0 (the default) takes a free one. */
  port?: number;
  /** A loopback address; default 127.0.0.1. */
  host?: string;
  /** Milliseconds; default the real time. Actions are computed from `now` alone; `setTimeout` serves delayed replies. */
  clock?: { now(): number; setTimeout?(run: () => void, ms: number): unknown };
  /** Read and write token, 64 characters. */
  token?: string;
  /** Read-only token, 64 characters. */
  readOnlyToken?: string;
  /** Divides the duration of actions; default 1, Infinity has them born finished. */
  speed?: number;
  /** Milliseconds that every action takes, before `speed`, in place of its own duration. */
  actionDuration?: number;
  /** Requests per hour; default 3600. */
  rateLimit?: number;
  /** What exists to begin with. */
  seed?: Seed;
  /** The most that may exist of a resource. */
  limits?: Limits;
  /** Milliseconds added to each reply. */
  latency?: number;
  /** Called after each request below /v1. */
  observe?: (exchange: Exchange) => void;
  /** How the WorkOS side behaves. */
  workos?: WorkosOptions;
}

/** A request that came, with its query in the path and its body parsed. */
export interface RequestRecord {
  method: string;
  path: string;
  body: unknown;
}

/** A running sandbox. */
export interface Sandbox {
  /** The endpoint, http://127.0.0.1:PORT/v1. */
  url: string;
  token: string;
  readOnlyToken: string;
  /** What exists; another object after `reset`. */
  readonly state: State;
  /** The last 100,000 requests below /v1. */
  readonly requests: readonly RequestRecord[];
  /** The stand-in for WorkOS, at the same port. */
  readonly workos: Workos;
  /** Has something go wrong. */
  fault(rule: FaultRule): void;
  /** Back to the beginning: seed, full bucket, no faults, no requests. */
  reset(): void;
  /** Closes all connections and frees the port. */
  stop(): Promise<void>;
}

/** The tokens of a sandbox unless others are given; recognisable, and worth nothing elsewhere. */
export const defaultTokens = {
  token: 'sandboxReadWrite'.padEnd(64, '0'),
  readOnlyToken: 'sandboxReadOnly'.padEnd(64, '0'),
};

const remembered = 100_000;

/** Starts a stand-in for the Hetzner Cloud API and for WorkOS on loopback; rejects if the host is not loopback or the port is taken. */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const { host = '127.0.0.1', port = 0, clock = Date } = options;
  if (!isLoopback(host)) throw new Error(`the sandbox listens on loopback only, not on ${host}`);
  const tokens = { ...defaultTokens, ...pick(options) };
  const faults = createFaults();
  const find = createFinder(routes);
  const started = new Date(clock.now()).toISOString();
  const begin = (): Project => {
    const { speed = 1, actionDuration, limits = {}, rateLimit = 3600, seed = {} } = options;
    const state = createState(clock.now(), { speed, actionDuration, limits });
    sow(state, seed);
    const admits = (token: string) => workos.admits(token);
    return { state, find, limiter: createLimiter(rateLimit, clock.now()), ...tokens, admits, answered: new Map() };
  };
  const wire = {
    now: () => clock.now(),
    after: (ms: number, run: () => void) =>
      void ('setTimeout' in clock ? clock.setTimeout!(run, ms) : setTimeout(run, ms)),
    latency: options.latency ?? 0,
  };
  const workos = createWorkos(options.workos ?? {}, { ...wire, origin: address });
  let project = begin();
  let requests: RequestRecord[] = [];

  const controls: Controls = { faults, requests: () => requests, started, workos, reset };
  const edge = {
    ...wire,
    project: () => project,
    faults,
    observe: options.observe,
    received(record: RequestRecord) {
      requests.push(record);
      if (requests.length > remembered * 1.1) requests = requests.slice(-remembered);
    },
  };

  function reset() {
    project = begin();
    requests = [];
    faults.clear();
    workos.reset();
  }

  const server = createServer((message, response) => {
    handle(message, response).catch(error => {
      if (!message.complete || response.destroyed) return;
      process.stderr.write(`cloudctl sandbox: ${(error as Error).stack}\n`);
      response.writeHead(500).end();
    });
  });

  async function handle(message: IncomingMessage, response: ServerResponse) {
    response.setHeader('X-Sandbox', 'cloudctl');
    const url = parseUrl(message.url ?? '/', address());
    if (!url) return void response.writeHead(400).end();
    const { pathname } = url;
    if (pathname === '/v1' || pathname.startsWith('/v1/')) return serveApi(edge, message, response, url);
    if (/^\/_sandbox(\/|$)/.test(pathname)) {
      const body = (await readBody(message)) ?? '';
      if (isCrossSite(message.headers)) return void response.writeHead(403).end();
      const { status, value } = answerControl(controls, message.method ?? 'GET', pathname, body);
      return void response.writeHead(status, { 'Content-Type': 'application/json' }).end(`${JSON.stringify(value)}\n`);
    }
    if (pathname !== '/') return workos.serve(message, response, url);
    response.writeHead(200, { 'Content-Type': 'text/plain' });
    response.end('This is the cloudctl sandbox, a stand-in for Hetzner Cloud and WorkOS: nothing here is real.\n');
  }

  // Longer than clients keep idle connections, so that none is closed under a request.
  server.keepAliveTimeout = 75_000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  function address(): string {
    const { address, family, port } = server.address() as AddressInfo;
    return `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`;
  }

  return {
    url: `${address()}/v1`,
    ...tokens,
    get state() {
      return project.state;
    },
    get requests() {
      return requests.slice(-remembered);
    },
    workos,
    fault: rule => faults.add(rule),
    reset,
    stop: () =>
      new Promise(resolve => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function pick({ token, readOnlyToken }: SandboxOptions) {
  return { ...(token && { token }), ...(readOnlyToken && { readOnlyToken }) };
}

function parseUrl(text: string, base: string): URL | undefined {
  // A path such as //servers must stay a path.
  return text.startsWith('/') && URL.canParse(base + text) ? new URL(base + text) : undefined;
}
