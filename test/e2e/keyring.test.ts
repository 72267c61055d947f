import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Sandbox, startSandbox } from '../../src/sandbox/index.ts';
import { temporaryHome } from '../helpers/run.ts';
import { program } from './binary.ts';

const daemon = ['/usr/bin/gnome-keyring-daemon', '/usr/bin/dbus-run-session'].every(path => existsSync(path));
const required = process.env.CLOUDCTL_REQUIRE_SERVICES === '1';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startSandbox({ seed: { servers: 2 } });
});
afterAll(() => sandbox.stop());

/** Runs a shell script in a session of D-Bus, or in none; `cloudctl` is the built program. */
function shell(home: string, script: string, { bus = true } = {}) {
  const env = {
    PATH: process.env.PATH,
    HOME: home,
    XDG_RUNTIME_DIR: home,
    NODE: process.execPath,
    PROGRAM: program,
    URL: sandbox.url,
    TOKEN: sandbox.token,
  };
  const lines = `cloudctl() { "$NODE" "$PROGRAM" "$@"; }\n${script}`;
  const [file, ...args] = bus ? ['dbus-run-session', '--', 'bash', '-c', lines] : ['bash', '-c', lines];
  return new Promise<{ status: number | null; out: string; err: string }>(resolve => {
    const child = execFile(file!, args, { env, timeout: 60_000 }, (_, out, err) => {
      // The bus itself may complain about limits of the machine.
      const ours = err.replace(/^dbus-daemon\[.*\n/gm, '');
      resolve({ status: child.exitCode, out, err: ours });
    });
  });
}

const unlock = 'printf pw | gnome-keyring-daemon --unlock --components=secrets >/dev/null 2>&1';
const create = 'printf %s "$TOKEN" | cloudctl context create box --endpoint "$URL" --token-stdin';

/** The files below a folder that have the token in them. */
function filesWithToken(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => join(entry.parentPath, entry.name))
    .filter(file => readFileSync(file, 'latin1').includes(sandbox.token));
}

describe.skipIf(!daemon && !required)('the built command line and the keyring of the desktop', () => {
  it('keeps the token encrypted, with the key in the keyring, and uses it', async () => {
    const home = temporaryHome();
    const ran = await shell(home, `${unlock}\n${create} && cloudctl server list -o name && cloudctl context describe`);
    expect(ran.status, ran.err).toBe(0);
    expect(ran.out).toContain('web-0001\nweb-0002\n');
    expect(ran.out).toContain('encrypted with a key in the keyring');
    expect(ran.err).toBe('');
    expect(filesWithToken(home)).toEqual([]);
  });

  it('says that the keyring is gone when there is none to open the file with, and keeps the file', async () => {
    const home = temporaryHome();
    expect((await shell(home, `${unlock}\n${create}`)).status).toBe(0);
    const file = join(home, '.config/cloudctl/credentials.json');
    const before = readFileSync(file, 'utf8');
    const ran = await shell(home, 'cloudctl server list', { bus: false });
    expect(ran.status).toBe(4);
    expect(ran.err).toContain('is locked or not there');
    expect(readFileSync(file, 'utf8')).toBe(before);
  });
});

describe('the built command line without a keyring', () => {
  it('keeps the token as text for its owner only, and says so once', async () => {
    const home = temporaryHome();
    const ran = await shell(home, `${create} && cloudctl server list -o name`, { bus: false });
    expect([ran.status, ran.out]).toEqual([0, expect.stringContaining('web-0001\nweb-0002\n')]);
    expect(ran.err).toMatch(/^Note: there is no keyring here, so the token is kept as text in \S+credentials.json/);
    expect(filesWithToken(home)).toEqual([join(home, '.config/cloudctl/credentials.json')]);
    expect(statSync(join(home, '.config/cloudctl/credentials.json')).mode & 0o777).toBe(0o600);
  });
});
