import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import http from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { untilEnd } from './binary.ts';

const built = join(process.cwd(), 'bin/cloudctld.js');

// biome-ignore lint/suspicious/noExplicitAny: what the API answers is looked at by whoever asked.
export type Answer = any;

/** A daemon of the built program, on a socket of its own. */
export interface RunningDaemon {
  readonly child: ChildProcess;
  readonly socket: string;
  /** One call over the socket; the answer's status and parsed body. Rejects when the daemon is gone. */
  call(method: string, path: string, body?: unknown): Promise<{ status: number; body: Answer }>;
  /** Kills it, as a crash does, and resolves when it has gone. */
  kill(): Promise<void>;
  /** Asks it to end, and resolves with its exit status. */
  stop(): Promise<number | null>;
  /** What it has written to standard error. */
  log(): string;
}

/** What a daemon is pointed at. */
export interface DaemonOptions {
  readonly hetzner: { readonly url: string; readonly token: string };
  /** Its state directory; the socket is put there too. */
  readonly state: string;
  readonly env?: Readonly<Record<string, string>>;
  /** The program's file; default the built one. */
  readonly program?: string;
}

/** The daemon as a program whose time goes faster: see fast-clock.ts. */
export function buildFastDaemon(): string {
  // Within the project, so that it finds the packages.
  const outfile = join(process.cwd(), `node_modules/.cache/cloudctl-fast-daemon-${process.pid}.mjs`);
  buildSync({
    entryPoints: ['test/e2e/fast-daemon.ts'],
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
    outfile,
    logLevel: 'silent',
  });
  return outfile;
}

/** A state directory of its own, empty. */
export function temporaryState(): string {
  return mkdtempSync(join(tmpdir(), 'cloudctld-'));
}

/** Starts the daemon; resolves when it is ready, rejects with its log when it ends before. */
export async function startDaemon({
  hetzner,
  state,
  env = {},
  program = built,
}: DaemonOptions): Promise<RunningDaemon> {
  const socket = join(state, 'cloudctl.sock');
  const child = spawn(process.execPath, [program], {
    env: {
      PATH: process.env.PATH,
      HOME: state,
      CLOUDCTLD_STATE_DIRECTORY: state,
      CLOUDCTLD_SOCKET: socket,
      CLOUDCTLD_HETZNER_ENDPOINT: hetzner.url,
      CLOUDCTL_TOKEN: hetzner.token,
      ...env,
    },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let log = '';
  child.stderr!.setEncoding('utf8').on('data', text => {
    log += text;
  });
  const ended = untilEnd(child);
  const call = (method: string, path: string, body?: unknown) => callSocket(socket, method, path, body);
  const daemon: RunningDaemon = {
    child,
    socket,
    call,
    async kill() {
      child.kill('SIGKILL');
      await ended;
    },
    async stop() {
      child.kill('SIGTERM');
      return (await ended).status;
    },
    log: () => log,
  };
  await new Promise<void>((resolve, reject) => {
    child.stderr!.on('data', () => {
      if (log.includes('"msg":"ready"')) resolve();
    });
    void ended.then(() => reject(new Error(`the daemon ended before it was ready:\n${log}`)));
  });
  return daemon;
}

function callSocket(socketPath: string, method: string, path: string, body?: unknown) {
  return new Promise<{ status: number; body: Answer }>((resolve, reject) => {
    const text = body === undefined ? undefined : JSON.stringify(body);
    const request = http.request({
      socketPath,
      method,
      path,
      headers: text ? { 'content-type': 'application/json' } : {},
    });
    request.on('error', reject);
    request.on('response', response => {
      let answer = '';
      response.setEncoding('utf8').on('data', chunk => {
        answer += chunk;
      });
      response.on('error', reject);
      response.on('end', () => {
        try {
          resolve({ status: response.statusCode ?? 0, body: answer === '' ? undefined : JSON.parse(answer) });
        } catch {
          resolve({ status: response.statusCode ?? 0, body: answer });
        }
      });
    });
    request.end(text);
  });
}
