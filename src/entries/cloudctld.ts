import { writeSync } from 'node:fs';
import { hostname, userInfo } from 'node:os';
import { realClock } from '../core/real-world.ts';
import { createTransport } from '../core/transport/transport.ts';
import { daemonMain } from '../daemon/process.ts';

/** Runs the process's command line of cloudctld and ends the process with its exit status. */
export async function start(process: NodeJS.Process): Promise<void> {
  // What the daemon makes is nobody else's.
  process.umask(0o077);
  const write = (text: string) => {
    try {
      writeSync(2, text);
    } catch {
      // A log that cannot be written, to a full disk or a reader that has gone, stops no backup.
    }
  };
  const fail = (error: unknown) => {
    write(
      `${JSON.stringify({ time: new Date().toISOString(), level: 'error', msg: 'a bug ends the daemon', error: String((error as Error)?.stack ?? error) })}\n`,
    );
    process.exit(1);
  };
  process.on('uncaughtException', fail);
  process.on('unhandledRejection', fail);
  const { env, platform, pid } = process;
  const world = {
    env,
    platform,
    pid,
    host: hostname(),
    uid: process.getuid?.(),
    user: nameUser(),
    clock: realClock,
    random: Math.random,
    http: createTransport({ env }),
    output: { write, isTTY: process.stderr.isTTY === true },
  };
  const status = await daemonMain(process.argv.slice(2), world, {
    out: { write: text => writeSync(1, text) },
    err: { write },
    on: (signal, run) => process.on(signal, run),
    exit: process.exit.bind(process) as (status: number) => never,
  });
  process.exit(status);
}

function nameUser(): string {
  try {
    return userInfo().username;
  } catch {
    // A number without a name, as in containers.
    return String(process.getuid?.() ?? 'user');
  }
}
