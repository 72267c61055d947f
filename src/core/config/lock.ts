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

const patience = 5_000;
const pause = 25;
// What runs under the lock takes milliseconds, so an older one was left behind, even if its pid lives again.
const tooOld = 60_000;

/** Runs `work` while no other process holds the lock; it is synchronous so that the lock is held for milliseconds; throws `busy` after 5 s. */
export async function withLock<T>(lock: string, world: Pick<World, 'clock' | 'signal'>, work: () => T): Promise<T> {
  const { clock, signal } = world;
  const { hostname } = await import('node:os');
  const deadline = clock.now() + patience;
  prepareFolder(lock);
  while (!take(lock, { pid: process.pid, host: hostname(), since: clock.now() })) {
    if (clearStale(lock, hostname(), clock.now())) continue;
    if (clock.now() >= deadline) throw busy(lock);
    await clock.sleep(pause, signal);
  }
  try {
    return work();
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
  if (now - holder.since > tooOld) return true;
  return holder.host === host && !isAlive(holder.pid);
}

function readHolder(lock: string): Holder | undefined {
  const text = readIfThere(lock);
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text) as Holder;
  } catch {
    // Made but not yet written, or its writer was killed just then: only its age can tell.
    const made = fs.statSync(lock, { throwIfNoEntry: false })?.mtimeMs;
    return made === undefined ? undefined : { pid: 0, host: '', since: made };
  }
}

function busy(lock: string): Failure {
  const holder = readHolder(lock);
  const by = holder?.pid ? ` by process ${holder.pid} on ${holder.host}` : '';
  return new Failure('busy', `configuration is locked${by}`, { hint: `Try again; if nothing runs, remove ${lock}` });
}
