import fs from 'node:fs';
import path from 'node:path';
import { isAlive } from '../alive.ts';
import { Failure } from '../failure.ts';
import type { World } from '../world.ts';
import { codeOf, createFolder, readIfThere, storageFailure } from './storage.ts';

interface Holder {
  readonly pid: number;
  readonly host: string;
  /** Milliseconds since the epoch. */
  readonly since: number;
}

const pause = 25;
// What runs under a lock takes half a minute at most, so an older one was left behind, even if its pid lives again.
const tooOld = 60_000;
// From making a file to writing into it takes microseconds: an empty one is of a process that was killed just then.
const tooOldEmpty = 2_000;

/** Runs `work`, of at most half a minute, while no other process holds the lock; throws `busy` after `patience` milliseconds, `what` being what is locked. */
export async function withLock<T>(
  lock: string,
  world: Pick<World, 'clock' | 'signal'>,
  work: () => T | Promise<T>,
  { patience = 5_000, what = 'configuration' }: { readonly patience?: number; readonly what?: string } = {},
): Promise<T> {
  const { clock, signal } = world;
  const { hostname } = await import('node:os');
  const deadline = clock.now() + patience;
  prepareFolder(lock);
  while (!take(lock, { pid: process.pid, host: hostname(), since: clock.now() })) {
    if (clearStale(lock, hostname(), clock.now())) continue;
    if (clock.now() >= deadline) throw busy(lock, what);
    await clock.sleep(pause, signal);
  }
  try {
    return await work();
  } finally {
    fs.rmSync(lock, { force: true });
  }
}

function prepareFolder(lock: string): void {
  const folder = path.dirname(lock);
  try {
    createFolder(folder);
  } catch (error) {
    throw storageFailure(`${folder} cannot be made`, error);
  }
}

function take(lock: string, holder: Holder): boolean {
  try {
    fs.writeFileSync(lock, JSON.stringify(holder), { flag: 'wx', mode: 0o600 });
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    // On a full disk it is made and not written: left there it would hold up the next run.
    if (fs.statSync(lock, { throwIfNoEntry: false })?.size === 0) fs.rmSync(lock, { force: true });
    throw storageFailure(`${lock} cannot be written`, error);
  }
}

function clearStale(lock: string, host: string, now: number): boolean {
  if (!isStale(lock, host, now)) return false;
  // Only one may clear: without this a second one could remove the lock that the first has just taken.
  const clearing = `${lock}.clearing`;
  try {
    fs.writeFileSync(clearing, '', { flag: 'wx', mode: 0o600 });
  } catch {
    if (isLeft(clearing, now)) fs.rmSync(clearing, { force: true });
    return false;
  }
  try {
    if (!isStale(lock, host, now)) return false;
    fs.rmSync(lock, { force: true });
    return true;
  } finally {
    fs.rmSync(clearing, { force: true });
  }
}

function isStale(lock: string, host: string, now: number): boolean {
  const holder = readHolder(lock);
  if (!holder) return false;
  if (now - holder.since > (holder.pid === 0 ? tooOldEmpty : tooOld)) return true;
  return holder.host === host && !isAlive(holder.pid);
}

function readHolder(lock: string): Holder | undefined {
  const text = readIfThere(lock);
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text) as Holder;
  } catch {
    // Made but not yet written, or its writer was killed just then: only its age can tell.
    const made = madeAt(lock);
    return made === undefined ? undefined : { pid: 0, host: '', since: made };
  }
}

function isLeft(clearing: string, now: number): boolean {
  const made = madeAt(clearing);
  return made !== undefined && now - made > tooOldEmpty;
}

function madeAt(file: string): number | undefined {
  return fs.statSync(file, { throwIfNoEntry: false })?.mtimeMs;
}

function busy(lock: string, what: string): Failure {
  const holder = readHolder(lock);
  const by = holder?.pid ? ` by process ${holder.pid} on ${holder.host}` : '';
  return new Failure('busy', `${what} is locked${by}`, { hint: `Try again; if nothing runs, remove ${lock}` });
}
