import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const daemonProgram = join(process.cwd(), 'bin/cloudctld.js');

/** A folder with a configuration of its own, for one daemon. */
export interface Home {
  readonly folder: string;
  readonly config: string;
  readonly state: string;
  readonly socket: string;
  /** Writes the configuration: these lines after those that name the places. */
  configure(lines?: string): void;
}

/** A home, its folder new. */
export function daemonHome(lines = ''): Home {
  const folder = mkdtempSync(join(tmpdir(), 'cloudctld-'));
  const [config, state, socket] = [join(folder, 'cloudctld.toml'), join(folder, 'state'), join(folder, 'run/s.sock')];
  const configure = (more = '') =>
    writeFileSync(
      config,
      `state-directory = "${state}"\nsocket = "${socket}"\nhetzner-endpoint = "http://127.0.0.1:1/v1"\n${more}\n`,
    );
  configure(lines);
  return { folder, config, state, socket, configure };
}

/** A process of the built daemon. */
export interface Started {
  readonly child: ChildProcess;
  /** What it has written so far. */
  text(): string;
  /** Its records so far that are JSON. */
  records(): Record<string, unknown>[];
  /** Resolves when a record with that message is there; rejects when the process ends before. */
  until(message: string, count?: number): Promise<Record<string, unknown>>;
  /** Resolves with the exit status and how many milliseconds after `since` that was. */
  ended(): Promise<{ status: number | null; signal: NodeJS.Signals | null }>;
}

/** Starts the built daemon. */
export function startDaemonProcess(
  home: Home,
  { env = {}, words = [] as string[] }: { env?: Record<string, string>; words?: string[] } = {},
): Started {
  const surroundings = { PATH: process.env.PATH ?? '', HOME: home.folder, ...env };
  const child = spawn(process.execPath, [daemonProgram, '--config', home.config, ...words], {
    env: surroundings,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  let end: { status: number | null; signal: NodeJS.Signals | null } | undefined;
  const listeners = new Set<() => void>();
  const tell = () => {
    for (const listener of [...listeners]) listener();
  };
  for (const stream of [child.stdout!, child.stderr!]) {
    stream.setEncoding('utf8').on('data', (more: string) => {
      text += more;
      tell();
    });
  }
  child.once('close', (status, signal) => {
    end = { status, signal };
    tell();
  });
  const records = () =>
    text.split('\n').flatMap(line => {
      try {
        return [JSON.parse(line) as Record<string, unknown>];
      } catch {
        return [];
      }
    });
  const when = <T>(find: () => T | undefined): Promise<T> =>
    new Promise((resolve, reject) => {
      const look = () => {
        const found = find();
        if (found === undefined && !end) return;
        listeners.delete(look);
        if (found !== undefined) resolve(found);
        else reject(new Error(`the daemon has ended: ${text}`));
      };
      listeners.add(look);
      look();
    });
  return {
    child,
    text: () => text,
    records,
    until: (message, count = 1) => when(() => records().filter(({ msg }) => msg === message)[count - 1]),
    ended: () => when(() => end),
  };
}

/** Asks at a Unix socket. */
export function askSocket(
  socket: string,
  path: string,
  options: http.RequestOptions = {},
  // biome-ignore lint/suspicious/noExplicitAny: each path has a shape of its own, and a wrong one fails the test.
): Promise<{ status: number; body: any }> {
  return new Promise((resolve, reject) => {
    const request = http.get({ socketPath: socket, path, agent: false, ...options }, response => {
      let text = '';
      response.setEncoding('utf8').on('data', more => {
        text += more;
      });
      response.on('end', () => {
        const isJson = response.headers['content-type']?.includes('json');
        resolve({ status: response.statusCode!, body: isJson ? JSON.parse(text) : text });
      });
    });
    request.on('error', reject);
  });
}
