import { existsSync, lstatSync, type Stats, statSync } from 'node:fs';
import path from 'node:path';
import { Failure } from '../core/failure.ts';
import { createTransport } from '../core/transport/transport.ts';
import type { Transport, World } from '../core/world.ts';

/** Whether there is anything at a path. */
export const isThere = existsSync;

/** The origin behind a socket; the host is never looked up. */
export const socketOrigin = 'http://localhost';

/** A transport to the daemon on a socket, whose directory is checked first; throws `unreachable` where none listens, `forbidden` where this user may not, and `refused` for a directory in which somebody else could have put the socket. */
export function reachSocket(socket: string, env: World['env']): Transport {
  checkFolder(path.dirname(socket), look(socket, path.dirname(socket), statSync));
  look(socket, socket, lstatSync);
  const http = createTransport({ env, socketPath: socket });
  return request => http(request).catch(error => Promise.reject(explain(socket, error)));
}

/** Whether a socket in the directory is the daemon's: `parent` is where the directory is. Pure. */
export function isTrusted(
  folder: Pick<Stats, 'uid' | 'mode'>,
  parent: Pick<Stats, 'uid' | 'mode'>,
  user: number,
): boolean {
  if (folder.uid === user) return (folder.mode & 0o077) === 0;
  // The service's: root made it, or gave it to the service in a place that only root writes to.
  const isForeign = folder.uid !== 0 && (parent.uid !== 0 || (parent.mode & 0o022) !== 0);
  return !isForeign && (folder.mode & 0o002) === 0;
}

function checkFolder(folder: string, stats: Stats): void {
  const user = process.getuid?.();
  // Windows has neither users by number nor modes.
  if (user === undefined) return;
  if (isTrusted(stats, statSync(path.dirname(folder)), user)) return;
  throw new Failure('refused', `the daemon's socket is not trusted: others can reach into ${folder}`, {
    hint: stats.uid === user ? `chmod 700 ${folder}` : 'Name the daemon with --daemon unix:///path/to/cloudctl.sock',
  });
}

function look(socket: string, file: string, read: (file: string) => Stats): Stats {
  try {
    return read(file);
  } catch (error) {
    throw explain(socket, error);
  }
}

/** What a fault of the socket means; other failures as they are. */
function explain(socket: string, error: unknown): unknown {
  const { code } = ((error as Error).cause ?? error) as NodeJS.ErrnoException;
  if (code === 'EACCES' || code === 'EPERM') {
    return new Failure('forbidden', `you may not use the daemon at ${socket}: permission denied`, {
      hint: 'Ask to be added to the group cloudctl, or start one of your own: cloudctl daemon start',
      cause: error,
    });
  }
  if (code !== 'ENOENT' && code !== 'ECONNREFUSED' && code !== 'ENOTDIR') return error;
  return new Failure('unreachable', `no daemon is running at ${socket}`, {
    hint: 'cloudctl daemon start',
    cause: (error as Error).cause ?? error,
  });
}
