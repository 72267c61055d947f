import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';

/** A port of loopback that nothing listens on just now. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise(resolve => server.close(resolve));
  return port;
}

/** Makes a pair of keys without a passphrase and gives the public one, type and blob. */
export function makeKey(file: string): string {
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', '', '-f', file]);
  return readFileSync(`${file}.pub`, 'utf8').trim();
}

/** Starts an SSH server as this user, on loopback only, that lets in who has the client's key and nobody else. */
export function startSshd(
  sshd: string,
  { folder, port, hostKey, clientKey }: { folder: string; port: number; hostKey: string; clientKey: string },
): ChildProcess {
  writeFileSync(join(folder, 'authorized_keys'), `${clientKey}\n`, { mode: 0o600 });
  const config = {
    ListenAddress: '127.0.0.1',
    Port: port,
    HostKey: hostKey,
    PidFile: 'none',
    AuthorizedKeysFile: join(folder, 'authorized_keys'),
    AuthenticationMethods: 'publickey',
    PermitRootLogin: 'prohibit-password',
    StrictModes: 'no',
    UsePAM: 'no',
    LogLevel: 'FATAL',
  };
  const file = join(folder, 'sshd_config');
  writeFileSync(
    file,
    Object.entries(config)
      .map(line => `${line.join(' ')}\n`)
      .join(''),
  );
  // For root, sshd wants an empty folder that its service makes at the start of the system.
  if (process.getuid?.() === 0) mkdirSync('/run/sshd', { recursive: true, mode: 0o755 });
  return spawn(sshd, ['-D', '-e', '-f', file], { stdio: ['ignore', 'ignore', 'inherit'] });
}

/** Ends the SSH server and waits until it has. */
export async function stopSshd(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise(resolve => child.once('exit', resolve));
  child.kill();
  await ended;
}
