import fs from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { Failure } from '../failure.ts';
import { storeFailure } from './sqlite-faults.ts';

/** Has `write` write a database into a new file beside the target, and puts it there: whole, checked, on the disk and readable by its owner only when it resolves, and not at all otherwise. A file that is there is replaced; `name` is what errors speak of. */
export async function writeCopy(write: (to: string) => Promise<unknown>, target: string, name = target): Promise<void> {
  const draft = `${target}.${process.pid}.draft`;
  try {
    clearDrafts(target);
    // The one who makes the file fixes who may read it.
    fs.closeSync(fs.openSync(draft, 'wx', 0o600));
    await write(draft);
    await sealCopy(draft, name);
    syncPath(draft);
    fs.renameSync(draft, target);
    syncPath(dirname(target));
  } catch (error) {
    throw storeFailure(name, error);
  } finally {
    removeDatabase(draft);
  }
}

/** What killed processes have left of a copy. */
function clearDrafts(target: string): void {
  const isDraft = (name: string) => name.startsWith(`${basename(target)}.`) && /\.\d+\.draft(-\w+)?$/.test(name);
  const folder = dirname(target);
  for (const name of fs.readdirSync(folder).filter(isDraft)) fs.rmSync(join(folder, name), { force: true });
}

/** One file without a log beside it, found to be whole. */
async function sealCopy(file: string, name: string): Promise<void> {
  const { default: Database } = await import('better-sqlite3');
  const copy = new Database(file);
  try {
    copy.pragma('journal_mode = DELETE');
    const fault = copy.pragma('integrity_check', { simple: true });
    if (fault !== 'ok') throw new Failure('unexpected', `${name}: the copy is damaged: ${fault}`);
  } finally {
    copy.close();
  }
}

/** Removes a database and what SQLite keeps beside it. */
export function removeDatabase(file: string): void {
  for (const suffix of ['', '-wal', '-shm', '-journal']) fs.rmSync(file + suffix, { force: true });
}

/** Has a file or a folder's entries written to the disk. */
export function syncPath(path: string): void {
  const handle = fs.openSync(path, 'r');
  try {
    fs.fsyncSync(handle);
  } finally {
    fs.closeSync(handle);
  }
}
