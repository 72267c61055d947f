import fs from 'node:fs';
import path from 'node:path';
import { stateFolder } from '../config/paths.ts';
import { codeOf, readIfThere, writeAtomically } from '../config/storage.ts';
import { Failure } from '../failure.ts';
import type { World } from '../world.ts';
import type { Holder } from './holder.ts';

/** What is still to be done to a server, and how it is to be left. */
export interface Owed {
  /** A snapshot that carries `run` in the label `cloudctl/run`, by which it is known again. */
  readonly image?: {
    readonly run: string;
    readonly description?: string;
    readonly labels?: Readonly<Record<string, string>>;
  };
  readonly type?: { readonly name: string; readonly upgradeDisk: boolean };
  readonly power: 'running' | 'off';
}

/** What a command that stops a server has written down before it does, so that the next one can finish it. */
export interface Journal {
  readonly version: 1;
  readonly server: { readonly id: number; readonly name: string };
  /** The command line that began it. */
  readonly command: string;
  /** RFC 3339. */
  readonly began: string;
  readonly owes: Owed;
  /** How the server is stopped: milliseconds that the guest has, and whether its power is cut after them. */
  readonly stop: { readonly timeout: number; readonly force: boolean };
  /** The process that is at it. */
  readonly holder?: Holder;
}

/** Where the journals of one API are. */
export interface Shelf {
  readonly folder: string;
  /** The API's origin and credential as one opaque word. */
  readonly scope: string;
}

/** The folder of journals; undefined when there is no home. */
export function journalFolder(world: Pick<World, 'env' | 'platform'>): string | undefined {
  const folder = stateFolder(world);
  return folder && path.join(folder, 'journal');
}

/** The file of a server's journal. */
export function journalFile({ folder, scope }: Shelf, id: number): string {
  return path.join(folder, `${scope}-${id}.json`);
}

/** The journal of a server; undefined when there is none; throws `refused` for one that cannot be understood. */
export function readJournal(shelf: Shelf, id: number): Journal | undefined {
  const file = journalFile(shelf, id);
  const text = readIfThere(file);
  return text === undefined ? undefined : parse(file, text);
}

/** Writes a journal at once or not at all, for its owner only; throws `refused` when it cannot. */
export function writeJournal(shelf: Shelf, journal: Journal): void {
  try {
    writeAtomically(journalFile(shelf, journal.server.id), `${JSON.stringify(journal, null, 2)}\n`);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    throw new Failure('refused', `the journal of server ${journal.server.name} cannot be kept: ${error.message}`, {
      hint: 'Make the folder writable, or name another one in XDG_STATE_HOME',
      cause: error,
    });
  }
}

/** Forgets what a server is owed. */
export function removeJournal(shelf: Shelf, id: number): void {
  fs.rmSync(journalFile(shelf, id), { force: true });
}

/** The ids of the servers that have a journal, in any scope when none is given. */
export function listJournals(folder: string, scope?: string): number[] {
  let names: string[];
  try {
    names = fs.readdirSync(folder);
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'EACCES'].includes(codeOf(error) ?? '')) return [];
    throw error;
  }
  const files = names.map(name => /^(.+)-(\d+)\.json$/.exec(name)).filter(match => match !== null);
  return files.filter(match => scope === undefined || match[1] === scope).map(match => Number(match[2]));
}

/** What is owed, in words: `a snapshot and its start`. */
export function describeOwed({ image, type, power }: Owed): string {
  const goal = image ? ['a snapshot'] : type ? [`the type ${type.name}`] : [];
  return [...goal, ...(power === 'running' ? ['its start'] : [])].join(' and ') || 'nothing';
}

function parse(file: string, text: string): Journal {
  try {
    const journal = JSON.parse(text) as Journal;
    if (journal.version === 1 && journal.server.id > 0 && journal.owes && journal.stop) return journal;
  } catch {
    // Said below: what is no JSON is no journal.
  }
  throw new Failure('refused', `${file} is not a journal of this version of cloudctl`, {
    hint: 'Look whether the server runs, then remove the file',
  });
}
