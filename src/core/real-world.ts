import { setMaxListeners } from 'node:events';
import { readFileSync, writeSync } from 'node:fs';
import { Failure } from './failure.ts';
import { createTransport, type PooledTransport } from './transport/transport.ts';
import type { Clock, Key, Keyring, Screen, World } from './world.ts';

/** The world of a real process, and what takes it down: `close` drops connections so that the process can end at once. */
export interface RealWorld extends World {
  readonly http: PooledTransport;
  /** Ends the process with that status. */
  readonly end: (status: number) => void;
}

/** The world as this process sees it. Only bin/ calls it. */
export function realWorld(process: NodeJS.Process, programs: World['programs']): RealWorld {
  const stop = new AbortController();
  // Every request under way listens to it.
  setMaxListeners(0, stop.signal);
  const abort = () => {
    // The second time somebody does not want to wait for what should not be broken off.
    if (stop.signal.aborted) process.exit(130);
    stop.abort(new Failure('interrupted', 'interrupted'));
  };
  // Not once: where a library listens too and is left alone, it ends the process before anything is said.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, abort);
  let isStuck = false;
  return {
    env: process.env,
    platform: process.platform,
    runtime: process.version,
    clock: realClock,
    stdin: {
      isTTY: isTerminal(process, 0),
      read: async () => readFileSync(0),
      listen: onKey => listenToKeys(process, onKey),
    },
    out: screen(process, 1),
    err: screen(process, 2),
    signal: stop.signal,
    http: createTransport({ env: process.env }),
    keyring: lazyKeyring(() => {
      isStuck = true;
    }),
    programs,
    end: status => (isStuck ? breakOff(process, status) : process.exit(status)),
  };
}

/** Its library is loaded when a keyring is used. */
function lazyKeyring(onStuck: () => void): Keyring {
  const open = async () => (await import('./auth/keyring.ts')).openKeyring(onStuck);
  return {
    get: async name => (await open()).get(name),
    set: async (name, secret) => (await open()).set(name, secret),
    remove: async name => (await open()).remove(name),
  };
}

/** Ends a process whose exit would wait for a thread for ever: as another program that ends with that status where Node can, else killed. */
function breakOff(process: NodeJS.Process, status: number): void {
  const { execve } = process as { execve?: (file: string, words: readonly string[]) => never };
  if (execve) execve.call(process, '/bin/sh', ['sh', '-c', `exit ${status}`]);
  process.kill(process.pid, 'SIGKILL');
}

/** The system's clock. Only bin/ and entries/ use it. */
export const realClock: Clock = {
  now: Date.now,
  sleep: (ms, signal) =>
    new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      const timer = setTimeout(finish, ms);
      signal?.addEventListener('abort', fail, { once: true });
      function finish() {
        signal?.removeEventListener('abort', fail);
        resolve();
      }
      function fail() {
        clearTimeout(timer);
        reject(signal?.reason);
      }
    }),
};

// node:tty is asked through the environment of the process: process.stdout would open the stream, which costs milliseconds.
function isTerminal(process: NodeJS.Process, descriptor: number): boolean {
  return (process.getBuiltinModule('node:tty') as typeof import('node:tty')).isatty(descriptor);
}

function listenToKeys(process: NodeJS.Process, onKey: (key: Key) => void): () => void {
  const { stdin } = process;
  const { emitKeypressEvents } = process.getBuiltinModule('node:readline') as typeof import('node:readline');
  const tell = (text: string | undefined, { name = '', ctrl = false }: { name?: string; ctrl?: boolean }) =>
    onKey({ name, text: text ?? '', ctrl });
  emitKeypressEvents(stdin);
  stdin.on('keypress', tell);
  stdin.setRawMode(true);
  stdin.resume();
  return () => {
    stdin.off('keypress', tell);
    stdin.setRawMode(false);
    stdin.pause();
  };
}

function screen(process: NodeJS.Process, descriptor: 1 | 2): Screen {
  const isTTY = isTerminal(process, descriptor);
  const stream = () => (descriptor === 1 ? process.stdout : process.stderr);
  let closed = false;
  return {
    isTTY,
    get columns() {
      return (isTTY ? stream().columns : 0) || 80;
    },
    get rows() {
      return (isTTY && stream().rows) || undefined;
    },
    get closed() {
      return closed;
    },
    write(text) {
      if (!closed) closed = !writeAll(descriptor, Buffer.from(text));
    },
    onResize(listener) {
      if (!isTTY) return () => {};
      stream().on('resize', listener);
      return () => void stream().off('resize', listener);
    },
  };
}

/** Writes all bytes, waiting where a pipe is full; false when the reader has gone. */
function writeAll(descriptor: number, bytes: Buffer): boolean {
  for (let written = 0; written < bytes.length; ) {
    try {
      written += writeSync(descriptor, bytes, written);
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      if (code === 'EPIPE') return false;
      if (code !== 'EAGAIN')
        throw new Failure('unexpected', `cannot write output: ${reason(code, message)}`, { cause: error });
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2);
    }
  }
  return true;
}

function reason(code: string | undefined, message: string): string {
  if (code === 'ENOSPC') return 'no space left on the device';
  if (code === 'EIO') return 'the terminal is gone';
  return message;
}
