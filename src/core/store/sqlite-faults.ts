import { Failure, type FailureCode } from '../failure.ts';

type Words = readonly [FailureCode, string, string?];

const full: Words = ['unreachable', 'no space is left on the disk', 'Make room on the disk'];
const readOnly: Words = ['unreachable', 'it cannot be written', 'See who owns it, and whether its disk is read-only'];
const forbidden: Words = ['usage', 'permission denied', 'Its file and folder have to belong to the user who runs this'];
const held: Words = ['busy', 'another process holds it', 'End that process, or try again'];
const twice: Words = ['refused', 'a row with this key is there already'];

const words: Readonly<Record<string, Words>> = {
  SQLITE_FULL: full,
  ENOSPC: full,
  EDQUOT: ['unreachable', 'the quota of the disk is used up', 'Make room on the disk'],
  SQLITE_READONLY: readOnly,
  SQLITE_IOERR: ['unreachable', 'its disk fails', 'See the log of the system'],
  EIO: ['unreachable', 'its disk fails', 'See the log of the system'],
  SQLITE_CANTOPEN: ['unreachable', 'it cannot be opened', 'See who owns its folder, and whether there is room'],
  SQLITE_PERM: forbidden,
  SQLITE_AUTH: forbidden,
  EACCES: forbidden,
  EPERM: forbidden,
  EROFS: ['usage', 'the file system is read-only', 'Name a path that can be written'],
  ENOENT: ['usage', 'the folder is not there', 'Make the folder, or name another path'],
  ENOTDIR: ['usage', 'a part of the path is not a folder', 'Name another path'],
  EISDIR: ['usage', 'it is a folder', 'Name a file in it'],
  EEXIST: ['refused', 'a file of the name it would get is there already', 'Try again in a second'],
  SQLITE_NOTADB: ['usage', 'it is not a store of cloudctl', 'Name another path'],
  SQLITE_CORRUPT: [
    'unreachable',
    'it is damaged',
    'Stop the daemon, and restore a copy: cloudctl daemon restore <file>',
  ],
  SQLITE_BUSY: held,
  SQLITE_LOCKED: held,
  SQLITE_CONSTRAINT_UNIQUE: twice,
  SQLITE_CONSTRAINT_PRIMARYKEY: twice,
  SQLITE_CONSTRAINT_CHECK: ['refused', 'a value is longer than its column takes'],
  SQLITE_TOOBIG: ['refused', 'a value is longer than its column takes'],
};

/** The Failure for an error of SQLite or the file system at this file, without any value. */
export function storeFailure(file: string, error: unknown): Failure {
  if (error instanceof Failure) return error;
  const code = codeOf(error);
  const group = code.split('_').slice(0, 2).join('_');
  const known = words[code] ?? words[group];
  const [kind, text, hint] = known ?? ['unexpected', error instanceof Error ? error.message : String(error)];
  return new Failure(kind, `${file}: ${text}`, {
    hint,
    apiCode: isDuplicate(error) ? 'uniqueness_error' : undefined,
    // What was written when the disk failed may be found there by the next start.
    ambiguous: group === 'SQLITE_IOERR',
    cause: error,
  });
}

/** True when the file itself is found to be damaged. */
export function isDamage(error: unknown): boolean {
  return codeOf(error).startsWith('SQLITE_CORRUPT');
}

/** True when a row with the same key is there. */
export function isDuplicate(error: unknown): boolean {
  return words[codeOf(error)] === twice;
}

function codeOf(error: unknown): string {
  return String((error as { code?: unknown } | undefined)?.code ?? '');
}
