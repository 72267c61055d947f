import fs from 'node:fs';
import path from 'node:path';
import { Failure } from '../failure.ts';

const faults: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EROFS: 'the file system is read-only',
  ENOSPC: 'no space is left',
  EDQUOT: 'the quota is used up',
  EISDIR: 'it is a folder',
  ENOTDIR: 'a part of the path is not a folder',
  EEXIST: 'a part of the path is not a folder',
  ELOOP: 'too many symbolic links',
};

/** The file's text, undefined when there is none; throws `usage` when it cannot be read. */
export function readIfThere(file: string): string | undefined {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return undefined;
    throw storageFailure(`${file} cannot be read`, error);
  }
}

/** Replaces the file at once or not at all, readable by the owner only unless `mode` says otherwise; a symbolic link stays one; throws `usage` with the old file unharmed. */
export function writeAtomically(file: string, text: string, mode = 0o600): void {
  try {
    createFolder(path.dirname(file));
    const target = fs.existsSync(file) ? fs.realpathSync(file) : file;
    const draft = draftOf(target);
    try {
      writeDurably(draft, text, mode);
      fs.renameSync(draft, target);
    } finally {
      fs.rmSync(draft, { force: true });
    }
    syncFolder(path.dirname(target));
  } catch (error) {
    throw storageFailure(`${file} cannot be written`, error);
  }
}

/** Writes as many bytes beside the file and takes them away again; throws `usage` when there is no room or no permission. */
export function proveWritable(file: string, bytes: number): void {
  const draft = draftOf(file);
  try {
    createFolder(path.dirname(file));
    writeDurably(draft, 'x'.repeat(bytes));
  } catch (error) {
    throw storageFailure(`${file} cannot be written`, error);
  } finally {
    fs.rmSync(draft, { force: true });
  }
}

/** Removes what processes that were killed while they wrote the file have left of it; only where nobody can be writing it now. */
export function clearDrafts(file: string): void {
  const folder = path.dirname(file);
  const isDraft = (name: string) => name.startsWith(`${path.basename(file)}.`) && name.endsWith('.draft');
  try {
    for (const name of fs.readdirSync(folder).filter(isDraft)) fs.rmSync(path.join(folder, name), { force: true });
  } catch {
    // The write itself went well.
  }
}

/** Makes the folder and those above it, for the owner only; one that is there stays as it is. */
export function createFolder(folder: string): void {
  fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
}

/** The `usage` Failure for an error of the file system. */
export function storageFailure(what: string, error: unknown): Failure {
  const fault = faults[codeOf(error) ?? ''] ?? (error instanceof Error ? error.message : String(error));
  return new Failure('usage', `${what}: ${fault}`, {
    hint: 'Correct the path or its permissions, or name another file in CLOUDCTL_CONFIG',
    cause: error,
  });
}

/** The code of an error of the file system, such as `ENOENT`. */
export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error ? String(error.code) : undefined;
}

function draftOf(file: string): string {
  return `${file}.${process.pid}.${Math.random().toString(36).slice(2)}.draft`;
}

function writeDurably(file: string, text: string, mode = 0o600): void {
  const handle = fs.openSync(file, 'wx', 0o600);
  try {
    // Not by opening it so: the mask of the process would take from it.
    if (mode !== 0o600) fs.fchmodSync(handle, mode);
    fs.writeFileSync(handle, text);
    fs.fsyncSync(handle);
  } finally {
    fs.closeSync(handle);
  }
}

function syncFolder(folder: string): void {
  try {
    const handle = fs.openSync(folder, 'r');
    fs.fsyncSync(handle);
    fs.closeSync(handle);
  } catch {
    // Windows and some network file systems cannot sync a folder; the file itself is safe by then.
  }
}
