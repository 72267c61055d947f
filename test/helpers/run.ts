import { setMaxListeners } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { main } from '../../src/commands/program.ts';
import { createTransport } from '../../src/core/transport/transport.ts';
import type { Clock, Key, Keyboard, Keyring, World } from '../../src/core/world.ts';
import { type FakeClock, fakeClock } from './clock.ts';
import { noKeyring } from './keyring.ts';

export interface Ran {
  readonly status: number;
  readonly out: string;
  readonly err: string;
}

export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string;
  /** Standard output and error are terminals, and so is the keyboard. */
  readonly tty?: boolean;
  readonly clock?: Clock;
  readonly signal?: AbortSignal;
  readonly columns?: number;
  /** Default: none is there. */
  readonly keyring?: Keyring;
  /** Presses keys when somebody listens for them. */
  readonly keys?: (press: (key: Partial<Key>) => void) => void;
}

/** What a test points the program at: a sandbox, or any address and token. */
export interface Target {
  readonly url: string;
  readonly token: string;
}

/** The words of a command line: blanks part them, single quotes keep them together. */
export function words(line: string): string[] {
  return [...line.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain!);
}

/** A home of its own, empty. */
export function temporaryHome(): string {
  return mkdtempSync(join(tmpdir(), 'cloudctl-test-'));
}

/** Runs one command line in this process, against the target, without a terminal, with a fake clock that never waits. */
export async function run(
  target: Target | undefined,
  line: string | readonly string[],
  options: RunOptions = {},
): Promise<Ran> {
  const world = fakeWorld(target, options);
  const argv = typeof line === 'string' ? words(line) : line;
  const status = await main(argv, world);
  (world.http as ReturnType<typeof createTransport>).close();
  return { status, out: world.out.text(), err: world.err.text() };
}

/** A world of strings and a fake clock; HTTP is real. */
export function fakeWorld(target: Target | undefined, options: RunOptions = {}) {
  const { tty = false, columns = 80, clock = fakeClock(Date.now()) as FakeClock } = options;
  const out = screen(tty, columns);
  const err = screen(tty, columns);
  const access = target ? { CLOUDCTL_TOKEN: target.token, CLOUDCTL_ENDPOINT: target.url } : {};
  const signal = options.signal ?? new AbortController().signal;
  setMaxListeners(0, signal);
  const listen: Keyboard['listen'] = onKey => {
    options.keys?.(key => onKey({ name: '', text: '', ctrl: false, ...key }));
    return () => {};
  };
  const env = { HOME: options.env?.HOME ?? temporaryHome(), ...access, ...options.env };
  return {
    env,
    platform: 'linux',
    runtime: process.version,
    clock,
    stdin: { isTTY: tty, read: async () => Buffer.from(options.stdin ?? ''), listen },
    out,
    err,
    signal,
    http: createTransport({ env }),
    keyring: options.keyring ?? noKeyring,
    programs: {
      cloudctl: join(process.cwd(), 'bin/cloudctl.js'),
      sandbox: join(process.cwd(), 'bin/cloudctl-sandbox.js'),
      daemon: join(process.cwd(), 'bin/cloudctld.js'),
    },
  } satisfies World;
}

function screen(isTTY: boolean, columns: number) {
  let written = '';
  const write = (text: string) => {
    written += text;
  };
  return { isTTY, columns, closed: false, write, onResize: () => () => {}, text: () => written };
}
