import { writeSync } from 'node:fs';
import { hostname, userInfo } from 'node:os';
import { setFlagsFromString } from 'node:v8';
import { realClock } from '../core/real-world.ts';
import { createTransport } from '../core/transport/transport.ts';
import { daemonMain } from '../daemon/process.ts';

/** Runs the process's command line of cloudctld by that clock, and ends the process with its exit status. */
export async function start(process: NodeJS.Process, clock = realClock): Promise<void> {
  // What the daemon makes is nobody else's.
  process.umask(0o077);
  adaptMemory();
  const write = (text: string) => writeLog(Buffer.from(text));
  let tell = (error: unknown) => write(`cloudctld: a bug: ${(error as Error)?.stack ?? error}\n`);
  for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
    process.on(event, (error: unknown) => {
      tell(error);
      process.exit(1);
    });
  }
  const { env, platform, pid } = process;
  const world = {
    env,
    platform,
    pid,
    host: hostname(),
    uid: process.getuid?.(),
    user: nameUser(process),
    clock,
    random: Math.random,
    http: createTransport({ env }),
    output: { write, isTTY: process.stderr.isTTY === true },
  };
  const status = await daemonMain(process.argv.slice(2), world, {
    out: { write: text => writeSync(1, text) },
    err: { write },
    on: (signal, run) => process.on(signal, run),
    onBug: how => {
      tell = how;
    },
    exit: process.exit.bind(process) as (status: number) => never,
  });
  process.exit(status);
}

/** Has V8 spare memory while there is little to do, and time while there is much: an idle daemon would keep for ever what it took to read the metrics, and a busy gateway would collect garbage all the time. */
function adaptMemory(): void {
  setFlagsFromString('--optimize-for-size');
  let before = performance.eventLoopUtilization();
  const look = () => {
    const now = performance.eventLoopUtilization();
    const { utilization } = performance.eventLoopUtilization(now, before);
    before = now;
    setFlagsFromString(utilization > 0.5 ? '--no-optimize-for-size' : '--optimize-for-size');
  };
  setInterval(look, 2000).unref();
}

/** Writes as much as is taken: a log that goes to a full disk, or to a reader that has gone or sleeps, stops no backup. */
function writeLog(bytes: Buffer): void {
  for (let written = 0, waits = 0; written < bytes.length; ) {
    try {
      written += writeSync(2, bytes, written);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN' || waits === 10) return;
      waits += 1;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2);
    }
  }
}

function nameUser(process: NodeJS.Process): string {
  try {
    return userInfo().username;
  } catch {
    // A number without a name, as in containers.
    return String(process.getuid?.() ?? 'user');
  }
}
