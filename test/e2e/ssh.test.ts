import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Sandbox, startSandbox } from '../../src/sandbox/index.ts';
import { temporaryHome } from '../helpers/run.ts';
import { required, runBinary } from './binary.ts';
import { freePort, makeKey, startSshd, stopSshd } from './sshd.ts';

// It has to be started by its full path, which is not in the PATH of every user.
const sshd = '/usr/sbin/sshd';
const missing = !existsSync(sshd) && !required;
if (missing) console.warn('no sshd: server ssh is not tried on a real SSH server');

describe.skipIf(missing)('cloudctl server ssh, to a real SSH server', () => {
  let sandbox: Sandbox;
  let home: string;
  let port: number;
  let server: ReturnType<typeof startSshd> | undefined;
  let hostKeys: readonly [string, string];
  let clientKey: string;

  beforeEach(async () => {
    sandbox = await startSandbox({ speed: 100, seed: { servers: 1 } });
    for (const ip of sandbox.state.primary_ips.values()) if (ip.type === 'ipv4') ip.ip = '127.0.0.1';
    home = temporaryHome();
    port = await freePort();
    hostKeys = [makeKey(join(home, 'host-1')), makeKey(join(home, 'host-2'))];
    clientKey = makeKey(join(home, 'client'));
    await serve('host-1');
  });
  afterEach(async () => {
    if (server) await stopSshd(server);
    await sandbox.stop();
  });

  /** Has the server answer with that host key, and no other, from now on. */
  async function serve(hostKey: string): Promise<void> {
    if (server) await stopSshd(server);
    server = startSshd(sshd, { folder: home, port, hostKey: join(home, hostKey), clientKey });
  }

  const cloudctl = (...argv: string[]) => runBinary(sandbox, argv, { env: { HOME: home } });

  /** Says hello there; nothing of this user's own configuration of ssh has a part in it. */
  const greet = () => {
    const flags = ['--wait', '-u', userInfo().username, '-p', String(port), '-i', join(home, 'client')];
    return cloudctl('server', 'ssh', ...flags, 'web-0001', '-F', 'none', '-o', 'IdentitiesOnly=yes', 'echo', 'hello');
  };

  /** The lines of all files of known hosts. */
  const knownHosts = () => {
    const folder = join(home, '.local/state/cloudctl/known_hosts');
    const files = readdirSync(folder).filter(name => !name.endsWith('.json'));
    return files.flatMap(name => readFileSync(join(folder, name), 'utf8').trim().split('\n'));
  };
  const entry = (key: string) => `cloudctl-${[...sandbox.state.servers.keys()][0]} ${key}`;

  it('takes the host key at the first connection, into a file of its own, and knows it at the next', async () => {
    const first = await greet();
    expect([first.status, first.out], first.err).toEqual([0, 'hello\n']);
    expect(first.err).toContain('Permanently added');
    expect(knownHosts()).toEqual([entry(hostKeys[0])]);
    expect(existsSync(join(home, '.ssh/known_hosts'))).toBe(false);
    const second = await greet();
    expect([second.status, second.out], second.err).toEqual([0, 'hello\n']);
    expect(second.err).not.toContain('Permanently added');
  });

  it('passes on the status of the command there', async () => {
    const flags = ['-u', userInfo().username, '-p', String(port), '-i', join(home, 'client')];
    const ran = await cloudctl('server', 'ssh', '--wait', ...flags, 'web-0001', '-F', 'none', '--', 'exit 7');
    expect(ran.status, ran.err).toBe(7);
  });

  it('refuses another host key when the server was not rebuilt', async () => {
    await greet();
    await serve('host-2');
    const { status, out, err } = await greet();
    expect([status, out]).toEqual([255, '']);
    expect(err).toContain('REMOTE HOST IDENTIFICATION HAS CHANGED');
    expect(knownHosts()).toEqual([entry(hostKeys[0])]);
  });

  it('takes the new host key after a rebuild', async () => {
    await greet();
    expect((await cloudctl('server', 'rebuild', 'web-0001', '--image', 'debian-13', '--yes')).status).toBe(0);
    await serve('host-2');
    const { status, out, err } = await greet();
    expect([status, out], err).toEqual([0, 'hello\n']);
    expect(knownHosts()).toEqual([entry(hostKeys[1])]);
  });

  it('takes another host key when that is asked for', async () => {
    await greet();
    await serve('host-2');
    const flags = ['--new-host-key', '--wait', '-u', userInfo().username, '-p', String(port)];
    const ran = await cloudctl('server', 'ssh', ...flags, '-i', join(home, 'client'), 'web-0001', '-F', 'none', 'true');
    expect(ran.status, ran.err).toBe(0);
    expect(knownHosts()).toEqual([entry(hostKeys[1])]);
  });
});
