import { accessSync, chmodSync, constants, mkdirSync, statSync } from 'node:fs';
import { codeOf } from '../../core/config/storage.ts';
import { Failure } from '../../core/failure.ts';

/** Makes the folder, for its owner only, where it is not there; one that others may read is closed to them. Throws `usage` when it cannot be used. */
export function prepareStateDirectory(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const { mode } = statSync(folder);
    if ((mode & 0o077) !== 0) chmodSync(folder, 0o700);
    accessSync(folder, constants.W_OK | constants.X_OK);
  } catch (error) {
    const faults: Readonly<Record<string, string>> = {
      EACCES: 'permission denied',
      EPERM: 'it belongs to another user',
      EROFS: 'the file system is read-only',
      // What Node says of a read-only file system where the folder is to be made.
      ENOENT: 'it cannot be made: the file system may be read-only',
      ENOSPC: 'no space is left',
      ENOTDIR: 'a part of the path is not a folder',
      EEXIST: 'it is not a folder',
    };
    const fault = faults[codeOf(error) ?? ''] ?? (error as Error).message;
    throw new Failure('usage', `state directory ${folder}: ${fault}`, {
      hint: 'Name another one in state-directory or CLOUDCTLD_STATE_DIRECTORY',
      cause: error,
    });
  }
}
