import { withLock } from '../config/lock.ts';
import { Failure } from '../failure.ts';
import type { World } from '../world.ts';
import { type Holder, isHeldByAnother, thisProcess } from './holder.ts';
import {
  describeOwed,
  type Journal,
  journalFile,
  type Owed,
  readJournal,
  type Shelf,
  writeJournal,
} from './journal.ts';

type Surroundings = Pick<World, 'clock' | 'signal'>;

/** A journal that is this process's now. */
export interface Claim {
  readonly journal: Journal;
  /** An earlier process has begun it, and it is not known how far it came. */
  readonly resumed: boolean;
}

/** Writes the journal before anything is done, or goes on with one that wants the same; throws `conflict` when a living process is at it, `refused` when something else is owed or the journal cannot be kept. */
export async function begin(
  shelf: Shelf,
  world: Surroundings,
  wanted: Journal,
  options: { leaveOff?: boolean } = {},
): Promise<Claim> {
  const self = await thisProcess();
  return locked(shelf, world, wanted.server, () => {
    const before = readJournal(shelf, wanted.server.id);
    if (before) requireFree(before, self);
    const claim = merge(before, wanted, options.leaveOff ?? false);
    const journal = { ...claim.journal, holder: self };
    writeJournal(shelf, journal);
    return { ...claim, journal };
  });
}

/** Takes over what an earlier process has left; undefined when there is nothing; throws `conflict` when that process lives. */
export async function takeOver(shelf: Shelf, world: Surroundings, id: number): Promise<Journal | undefined> {
  const before = readJournal(shelf, id);
  if (!before) return undefined;
  const self = await thisProcess();
  const claim = () => {
    const latest = readJournal(shelf, id);
    if (!latest) return undefined;
    requireFree(latest, self);
    const journal = { ...latest, holder: self };
    writeJournal(shelf, journal);
    return journal;
  };
  try {
    return await locked(shelf, world, before.server, claim);
  } catch (error) {
    // A disk that has become full or read-only must not keep a server from being started again.
    if (error instanceof Failure && error.code === 'refused') return before;
    throw error;
  }
}

/** What becomes of an earlier journal when a command wants something of the same server; pure. */
export function merge(before: Journal | undefined, wanted: Journal, leaveOff: boolean): Claim {
  if (!before) return { journal: wanted, resumed: false };
  const power = leaveOff ? 'off' : before.owes.power;
  if (!hasGoal(before.owes)) return { journal: { ...wanted, owes: { ...wanted.owes, power } }, resumed: false };
  if (wantsSame(before.owes, wanted.owes)) {
    return { journal: { ...before, stop: wanted.stop, owes: { ...before.owes, power } }, resumed: true };
  }
  throw new Failure(
    'refused',
    `server ${wanted.server.name} is still owed ${describeOwed(before.owes)}, by '${before.command}' of ${before.began}`,
    { hint: `cloudctl server resume ${wanted.server.name}` },
  );
}

/** True when more than the power is owed. */
export function hasGoal({ image, type }: Owed): boolean {
  return image !== undefined || type !== undefined;
}

function wantsSame(one: Owed, other: Owed): boolean {
  const essence = ({ image, type }: Owed) => [image && [image.description, sorted(image.labels)], type];
  return JSON.stringify(essence(one)) === JSON.stringify(essence(other));
}

function sorted(labels: Readonly<Record<string, string>> = {}): [string, string][] {
  return Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1));
}

function requireFree(journal: Journal, self: Holder): void {
  if (!isHeldByAnother(journal.holder, self)) return;
  throw new Failure(
    'conflict',
    `process ${journal.holder?.pid} is at server ${journal.server.name}, with '${journal.command}'`,
    { hint: 'Wait until it has ended' },
  );
}

async function locked<T>(shelf: Shelf, world: Surroundings, server: Journal['server'], work: () => T): Promise<T> {
  try {
    return await withLock(`${journalFile(shelf, server.id)}.lock`, world, work);
  } catch (error) {
    if (!(error instanceof Failure) || error.code !== 'usage') throw error;
    throw new Failure('refused', `the journal of server ${server.name} cannot be kept: ${error.message}`, {
      hint: 'Make the folder writable, or name another one in XDG_STATE_HOME',
      cause: error,
    });
  }
}
