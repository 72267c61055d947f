import { execFile } from 'node:child_process';
import type { Surroundings } from '../config/places.ts';

/** Tells systemd how the daemon is doing; where no systemd listens nothing is done. Resolves when it was told or could not be: a message is never worth a failure. */
export type Notify = (message: Readonly<Record<string, string | number>>) => Promise<void>;

/** How long one message may take, in milliseconds. */
const patience = 5_000;

/** Messages by `systemd-notify`, since Node has no Unix datagram socket; in the order they are given. */
export function openNotify({ env }: Surroundings, onFault: (error: Error) => void): Notify {
  if (!env.NOTIFY_SOCKET) return async () => {};
  let last: Promise<void> = Promise.resolve();
  const surroundings = { PATH: env.PATH ?? '/usr/bin:/bin', NOTIFY_SOCKET: env.NOTIFY_SOCKET };
  const tell = (words: string[]) =>
    new Promise<void>(resolve => {
      execFile('systemd-notify', words, { env: surroundings, timeout: patience }, error => {
        if (error) onFault(error);
        resolve();
      });
    });
  return message => {
    // A line break would begin another variable.
    const words = Object.entries(message).map(([name, value]) => `${name}=${String(value).replace(/\s+/g, ' ')}`);
    last = last.then(() => tell(words));
    return last;
  };
}

/** Microseconds on the clock that systemd measures a reload by. */
export function monotonicMicroseconds(): string {
  return String(process.hrtime.bigint() / 1000n);
}

/** Milliseconds between two signs of life that this process owes, undefined where none are awaited of it: half of what systemd allows. */
export function watchdogInterval({ env }: Surroundings, pid: number): number | undefined {
  const microseconds = Number(env.WATCHDOG_USEC);
  const isOurs = !env.WATCHDOG_PID || Number(env.WATCHDOG_PID) === pid;
  return isOurs && microseconds > 0 ? Math.max(1, Math.floor(microseconds / 2000)) : undefined;
}
