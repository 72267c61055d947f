import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { required } from './binary.ts';

/** Whether there is a keyring to test with; where it is required the suite runs, and fails, without one. */
export const hasKeyring =
  required || ['/usr/bin/gnome-keyring-daemon', '/usr/bin/dbus-run-session'].every(path => existsSync(path));

/** A session of D-Bus with gnome-keyring in it. */
export interface Bus {
  /** What a program needs to find it. */
  readonly env: Readonly<Record<string, string>>;
  /** Ends it and the keyring; both may be begun again from the same home. */
  stop(): Promise<void>;
}

/** Begins one for a home, its keyring open or locked. */
export async function startBus(home: string, keyring: 'open' | 'locked' = 'open'): Promise<Bus> {
  const daemon = 'gnome-keyring-daemon --components=secrets';
  const begin = keyring === 'open' ? `printf pw | ${daemon} --unlock` : `${daemon} --start </dev/null`;
  const script = `${begin} >/dev/null 2>&1; echo "$DBUS_SESSION_BUS_ADDRESS"; cat >/dev/null`;
  const child = spawn('dbus-run-session', ['--', 'bash', '-c', script], {
    env: { PATH: process.env.PATH ?? '', HOME: home, XDG_RUNTIME_DIR: home },
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  const closed = once(child, 'exit');
  const [address] = await once(child.stdout.setEncoding('utf8'), 'data');
  return {
    env: { DBUS_SESSION_BUS_ADDRESS: String(address).trim(), XDG_RUNTIME_DIR: home },
    async stop() {
      child.stdin.end();
      await closed;
    },
  };
}
