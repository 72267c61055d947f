import { chownSync, closeSync, openSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Holder, thisProcess } from '../../core/composite/holder.ts';
import { codeOf } from '../../core/config/storage.ts';
import { Failure } from '../../core/failure.ts';

/** What a running daemon says of itself in its state directory, for `cloudctl daemon`. */
export interface Instance extends Holder {
  /** Milliseconds since the epoch. */
  readonly since: number;
  readonly socket: string;
  readonly version: string;
}

/** The file in the state directory that names the process that holds it. */
export const instanceFile = 'cloudctld.json';

/** Takes the state directory for this process until `release`, or until the process ends in whatever way; throws `busy` that says who has it. */
export async function takeInstance(folder: string, about: Omit<Instance, keyof Holder>): Promise<{ release(): void }> {
  const release = await lockFile(join(folder, 'cloudctld.lock'), () => describeHolder(folder, about.socket));
  const file = join(folder, instanceFile);
  try {
    writeFileSync(file, `${JSON.stringify({ ...(await thisProcess()), ...about })}\n`, { mode: 0o600 });
  } catch (error) {
    release();
    throw new Failure('usage', `${file} cannot be written: ${codeOf(error)}`, { cause: error });
  }
  return {
    release() {
      rmSync(file, { force: true });
      release();
    },
  };
}

/** Throws `busy` while a daemon holds the folder; else holds it for the time of the work. */
export async function whileStopped<T>(folder: string, work: () => Promise<T>): Promise<T> {
  const file = join(folder, 'cloudctld.lock');
  const release = await lockFile(file, () => describeHolder(folder));
  try {
    giveToOwner(folder, file);
    return await work();
  } finally {
    release();
  }
}

/** What the last daemon of the folder has said of itself, whether it lives or not. */
export function readInstance(folder: string): Instance | undefined {
  try {
    return JSON.parse(readFileSync(join(folder, instanceFile), 'utf8')) as Instance;
  } catch {
    return undefined;
  }
}

/** What root makes in the daemon's folder is the daemon's. */
export function giveToOwner(folder: string, file: string): void {
  const { uid, gid } = statSync(folder);
  if (process.getuid?.() === 0 && uid !== 0) chownSync(file, uid, gid);
}

// The system's lock of a file, which Node has no call for and SQLite takes: it goes with the process, however that ends.
async function lockFile(file: string, busy: () => Failure): Promise<() => void> {
  const { default: Database } = await import('better-sqlite3');
  try {
    closeSync(openSync(file, 'a', 0o600));
    const database = new Database(file, { timeout: 0 });
    try {
      database.exec('BEGIN EXCLUSIVE');
    } catch (error) {
      database.close();
      throw error;
    }
    return () => database.close();
  } catch (error) {
    if (String(codeOf(error)).startsWith('SQLITE_BUSY')) throw busy();
    throw new Failure('usage', `${file} cannot be locked: ${(error as Error).message}`, { cause: error });
  }
}

function describeHolder(folder: string, socket?: string): Failure {
  const holder = readInstance(folder);
  if (!holder) return new Failure('busy', `another daemon is at work in ${folder}`, { hint: 'cloudctl daemon status' });
  const { pid, since, socket: theirs } = holder;
  const where = theirs === socket ? '' : `, at ${theirs}`;
  return new Failure(
    'busy',
    `another daemon is at work in ${folder}: process ${pid} since ${new Date(since).toISOString()}${where}`,
    {
      hint: 'cloudctl daemon status',
      details: { pid, since: new Date(since).toISOString(), socket: theirs },
    },
  );
}
