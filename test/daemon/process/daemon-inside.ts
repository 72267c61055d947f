import { realClock } from '../../../src/core/real-world.ts';
import { createTransport } from '../../../src/core/transport/transport.ts';
import { loadConfiguration } from '../../../src/daemon/config/read.ts';
import { type Daemon, startDaemon } from '../../../src/daemon/daemon.ts';
import type { Home } from './daemon-process.ts';

/** Starts the daemon of a home within this process; `write` has the lines of its log. */
export async function startDaemonInside(
  home: Home,
  { env = {}, write = () => {} }: { env?: Record<string, string>; write?: (line: string) => void } = {},
): Promise<Daemon> {
  const world = {
    ...{
      env: { HOME: home.folder, ...env },
      platform: 'linux',
      uid: 1000,
      pid: process.pid,
      host: 'test',
      user: 'ada',
    },
    ...{ clock: realClock, random: () => 0.5, http: createTransport({ env: {} }) },
    output: { write, isTTY: false },
  } as const;
  const load = () => loadConfiguration(world, home.config);
  return startDaemon(world, await load(), load);
}
