import { chmodSync, chownSync, lstatSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { dirname } from 'node:path';
import { codeOf } from '../../core/config/storage.ts';
import { Failure } from '../../core/failure.ts';
import type { Configuration } from '../config/configuration.ts';

/** Who may connect. */
export interface Access {
  readonly mode: number;
  /** Id of the group, where the process's own is not it. */
  readonly group?: number;
  /** In words, for people. */
  readonly who: string;
}

/** Who may connect to the socket by this configuration: one user, or for a daemon of the host the group `cloudctl` where there is one. Throws `usage` for a group that is not there. */
export function accessOf(
  { values, isSystem }: Pick<Configuration, 'values' | 'isSystem'>,
  user: string,
  readGroups = readGroupFile,
): Access {
  const named = values['socket-group'];
  const name = named ?? (isSystem ? 'cloudctl' : undefined);
  const group = name === undefined ? undefined : findGroup(readGroups(), name);
  // A unit with a user of its own runs in that group already, and no file lists it.
  const isOwn = named === undefined && user === 'cloudctl';
  if (named !== undefined && group === undefined) {
    throw new Failure('usage', `socket-group: there is no group ${named}`, { hint: `groupadd --system ${named}` });
  }
  const isShared = group !== undefined || isOwn;
  const mode =
    values['socket-mode'] === undefined ? (isShared ? 0o660 : 0o600) : Number.parseInt(values['socket-mode'], 8);
  return { mode, group, who: (mode & 0o060) === 0 ? user : `${user} and the group ${name ?? 'of the daemon'}` };
}

/** Makes the folder of the socket and clears away a socket that nobody answers at; throws `busy` when somebody does, `usage` when something else stands there. */
export async function prepareSocket(path: string, { mode }: Access): Promise<void> {
  const folder = dirname(path);
  try {
    mkdirSync(folder, { recursive: true, mode: (mode & 0o060) === 0 ? 0o700 : 0o750 });
    const there = lstatSync(path, { throwIfNoEntry: false });
    if (!there) return;
    if (!there.isSocket())
      throw new Failure('usage', `${path} is there and is no socket`, {
        hint: 'Remove it, or name another one in socket',
      });
    if (await answers(path))
      throw new Failure('busy', `another program answers at ${path}`, { hint: 'cloudctl daemon status' });
    rmSync(path);
  } catch (error) {
    if (error instanceof Failure) throw error;
    throw new Failure('usage', `the socket ${path} cannot be made: ${codeOf(error) ?? (error as Error).message}`, {
      cause: error,
    });
  }
}

/** Gives a socket that is listened on to those who may connect. */
export function openTo(path: string, { mode, group }: Access): void {
  // While only the owner may connect nobody can come in between.
  chmodSync(path, 0o600);
  if (group !== undefined) chownSync(path, process.getuid!(), group);
  chmodSync(path, mode);
}

function answers(path: string): Promise<boolean> {
  return new Promise(resolve => {
    const peer = connect(path);
    const end = (is: boolean) => {
      peer.destroy();
      resolve(is);
    };
    peer.once('connect', () => end(true));
    peer.once('error', error => end(codeOf(error) !== 'ECONNREFUSED' && codeOf(error) !== 'ENOENT'));
  });
}

function readGroupFile(): string {
  try {
    return readFileSync('/etc/group', 'utf8');
  } catch {
    return '';
  }
}

function findGroup(text: string, name: string): number | undefined {
  const line = text.split('\n').find(one => one.startsWith(`${name}:`));
  const id = line?.split(':')[2];
  return id ? Number(id) : undefined;
}
