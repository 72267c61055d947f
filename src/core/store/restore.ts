import fs from 'node:fs';
import { dirname } from 'node:path';
import { Failure } from '../failure.ts';
import { stampOf } from './copies.ts';
import { syncPath, writeCopy } from './copy.ts';
import { storeFailure } from './sqlite-faults.ts';
import { versionOf } from './sqlite-migrate.ts';

interface Circumstances {
  /** Whether a running daemon uses the file. */
  readonly isHeld: () => Promise<boolean>;
  /** Milliseconds since the epoch, for the name of what is replaced. */
  readonly now: number;
}

/** Puts a copy in the place of a store's file: at once or not at all. The path of the replaced database, which stays beside it as `<file>.replaced-<time>`; undefined when there was none. Throws `not_found` for a missing copy, `usage` for one that is no store of ours or a newer one, `unreachable` or `unexpected` for a damaged one, `busy` while a process uses the file. */
export async function restoreStore(
  copy: string,
  file: string,
  circumstances: Circumstances,
): Promise<string | undefined> {
  if (/^mysql:/i.test(file)) {
    throw new Failure('usage', 'a database of MySQL is restored by its own tools', { hint: 'mysql < dump' });
  }
  if (!fs.statSync(copy, { throwIfNoEntry: false })?.isFile()) {
    throw new Failure('not_found', `${copy}: there is no such file`);
  }
  const draft = `${file}.restoring`;
  try {
    await requireFree(file, circumstances);
    await writeCopy(async to => takeOver(copy, to), draft, copy);
    await requireStore(copy, draft);
    await settle(file);
    await requireFree(file, circumstances);
    return replace(file, draft, circumstances.now);
  } catch (error) {
    throw storeFailure(file, error);
  } finally {
    fs.rmSync(draft, { force: true });
  }
}

async function requireFree(file: string, { isHeld }: Circumstances): Promise<void> {
  if (!(await isHeld())) return;
  throw new Failure('busy', `${file} is in use by a running daemon`, { hint: 'Stop the daemon first' });
}

/** With the log beside it: whoever copied the files of a running daemon has a part of the rows only there. */
function takeOver(copy: string, to: string): void {
  fs.copyFileSync(copy, to);
  fs.chmodSync(to, 0o600);
  if (fs.existsSync(`${copy}-wal`)) fs.copyFileSync(`${copy}-wal`, `${to}-wal`);
}

async function requireStore(copy: string, draft: string): Promise<void> {
  const { default: Database } = await import('better-sqlite3');
  const database = new Database(draft, { readonly: true });
  try {
    if (versionOf(database, copy) > 0) return;
    throw new Failure('usage', `${copy}: it is not a store of cloudctl`, { hint: 'Name another copy' });
  } finally {
    database.close();
  }
}

/** Writes the log of the old database back into its file; throws `busy` when anybody has it open. One that is damaged is kept as it is. */
async function settle(file: string): Promise<void> {
  if (!isDatabase(file)) return;
  const { default: Database } = await import('better-sqlite3');
  const old = new Database(file, { timeout: 0 });
  try {
    old.pragma('journal_mode = DELETE');
  } catch (error) {
    const failure = storeFailure(file, error);
    if (failure.code === 'busy') throw failure;
  } finally {
    old.close();
  }
}

/** True for a file that begins like one of SQLite's, which would throw the log of any other away. */
function isDatabase(file: string): boolean {
  if (!fs.existsSync(file)) return false;
  const [handle, start] = [fs.openSync(file, 'r'), Buffer.alloc(16)];
  try {
    fs.readSync(handle, start);
  } finally {
    fs.closeSync(handle);
  }
  return start.toString('latin1') === 'SQLite format 3\0';
}

/** Whenever it is killed, the file is the whole old database or the whole new one. */
function replace(file: string, draft: string, now: number): string | undefined {
  const kept = fs.existsSync(file) ? `${file}.replaced-${stampOf(now)}` : undefined;
  if (kept) {
    fs.linkSync(file, kept);
    // There is a log only where the old database is damaged; to the new one it would be poison.
    for (const suffix of ['-wal', '-journal']) moveIfThere(file + suffix, kept + suffix);
  }
  for (const suffix of ['-wal', '-shm', '-journal']) fs.rmSync(file + suffix, { force: true });
  fs.renameSync(draft, file);
  syncPath(dirname(file));
  return kept;
}

function moveIfThere(from: string, to: string): void {
  if (fs.existsSync(from)) fs.renameSync(from, to);
}
