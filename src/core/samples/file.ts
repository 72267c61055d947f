import fs from 'node:fs';
import type SQLite from 'better-sqlite3';
import { prepareFile } from '../store/sqlite-files.ts';
import { openChunks } from './chunks.ts';
import { day, hour, levels } from './levels.ts';
import type { Asked } from './plan.ts';
import type { Sample } from './rollup.ts';

/** What may be lost is a moment before a power failure: Hetzner is asked for it again. */
const pragmas = [
  'busy_timeout = 5000',
  'journal_mode = WAL',
  'synchronous = NORMAL',
  'wal_autocheckpoint = 16000',
  'journal_size_limit = 67108864',
  'trusted_schema = OFF',
  'cell_size_check = ON',
  // Kibibytes: what is written now stands together, and what SQLite would keep of the rest is as much as the daemon itself.
  'cache_size = -1024',
];

const format = 1;
const tables = `
  CREATE TABLE IF NOT EXISTS chunks (key INTEGER PRIMARY KEY, data BLOB NOT NULL);
  CREATE TABLE IF NOT EXISTS series (
    id INTEGER PRIMARY KEY, server INTEGER NOT NULL, metric TEXT NOT NULL, newest INTEGER NOT NULL, UNIQUE (server, metric)
  );
  CREATE TABLE IF NOT EXISTS asked (server INTEGER PRIMARY KEY, until INTEGER NOT NULL, gaps TEXT NOT NULL) WITHOUT ROWID;
  PRAGMA user_version = ${format};`;

interface Series {
  readonly id: number;
  readonly newest: number;
}

/** The open file of samples: its tables, and what reads and writes them. */
export type SamplesFile = ReturnType<typeof openFile>;

/** Opens the file, or memory for `:memory:`, and makes its tables; throws the error of SQLite or the file system. */
export function openFile(Database: typeof SQLite, file: string) {
  const path = file === ':memory:' ? file : prepareFile(file);
  const database = new Database(path);
  try {
    for (const pragma of pragmas) database.pragma(pragma);
    const found = database.pragma('user_version', { simple: true });
    if (found !== 0 && found !== format) throw Object.assign(new Error('it is of another version'), { code: foreign });
    database.exec(tables);
    return { database, node: nodeOf(file), ...statementsOf(database) };
  } catch (error) {
    database.close();
    throw error;
  }
}

function statementsOf(database: SQLite.Database) {
  const chunks = openChunks(database);
  const find = database.prepare<[number, string], Series>(
    'SELECT id, newest FROM series WHERE server = ? AND metric = ?',
  );
  const begin = database.prepare('INSERT INTO series (server, metric, newest) VALUES (?, ?, ?)');
  const note = database.prepare('UPDATE series SET newest = ? WHERE id = ?');
  const ask = database.prepare('INSERT OR REPLACE INTO asked (server, until, gaps) VALUES (?, ?, ?)');
  const rows = database.prepare<[], AskedRow>('SELECT server, until, gaps FROM asked').all();
  const asked = new Map(
    rows.map(({ server, until, gaps }): [number, Asked] => [server, { until, gaps: JSON.parse(gaps) }]),
  );
  const forget = database.prepare('DELETE FROM asked WHERE server = ?');
  const ended = database.prepare<[number], Series>('SELECT id, newest FROM series WHERE newest < ?');
  const end = database.prepare('DELETE FROM series WHERE newest < ?');
  const write = database.transaction(
    (server: number, series: ReadonlyMap<string, readonly Sample[]>, state?: Asked): number => {
      let added = 0;
      for (const [metric, given] of series) {
        if (given.length === 0) continue;
        const samples = [...given].sort(([a], [b]) => a - b);
        const latest = samples.at(-1)![0];
        const before = find.get(server, metric);
        const id = before?.id ?? Number(begin.run(server, metric, latest).lastInsertRowid);
        const change = chunks.add(id, samples);
        added += change.added;
        const newest = Math.max(latest, before?.newest ?? 0);
        if (newest !== before?.newest) note.run(newest, id);
        for (const over of hoursOver(change.hours, before?.newest, newest)) chunks.rollUp(id, over);
      }
      if (state) ask.run(server, state.until, JSON.stringify(state.gaps));
      return added;
    },
  );
  const prune = database.transaction((now: number, gone: readonly number[]): number => {
    for (const server of gone) forget.run(server);
    // Of a series that has ended the last hour is rolled up at the latest when its samples go.
    for (const { id, newest } of ended.all(now - levels[0]!.keep + day)) chunks.rollUp(id, beginOfHour(newest));
    return gone.length + end.run(now - levels.at(-1)!.keep).changes + chunks.prune(now);
  });
  const metrics = database.prepare<[number], string>('SELECT metric FROM series WHERE server = ? ORDER BY id').pluck();
  return {
    chunks,
    find,
    metrics,
    asked: asked as ReadonlyMap<number, Asked>,
    write(server: number, series: ReadonlyMap<string, readonly Sample[]>, state?: Asked): number {
      const added = write.immediate(server, series, state);
      if (state) asked.set(server, state);
      return added;
    },
    prune(now: number, servers?: ReadonlySet<number>): number {
      const gone = servers ? [...asked.keys()].filter(server => !servers.has(server)) : [];
      const removed = prune.immediate(now, gone);
      for (const server of gone) asked.delete(server);
      return removed;
    },
  };
}

/** The hours whose roll-ups are to be made: those that have changed, and the one that was the newest, which is rolled up when a later one begins. */
function hoursOver(changed: readonly number[], before: number | undefined, newest: number): Set<number> {
  const hours = new Set(changed);
  if (before !== undefined) hours.add(beginOfHour(before));
  hours.delete(beginOfHour(newest));
  if (before !== undefined && beginOfHour(before) < beginOfHour(newest)) return hours;
  return new Set(changed.filter(begin => hours.has(begin)));
}

/** When the hour began, milliseconds. */
export function beginOfHour(time: number): number {
  return Math.floor(time / hour) * hour;
}

interface AskedRow {
  readonly server: number;
  readonly until: number;
  readonly gaps: string;
}

const foreign = 'SAMPLES_FOREIGN';

/** True when the file cannot be used any more, or is none of ours. */
export function isDamaged(error: unknown): boolean {
  const code = String((error as { code?: unknown } | undefined)?.code ?? '');
  return code === foreign || code.startsWith('SQLITE_CORRUPT') || code === 'SQLITE_NOTADB';
}

/** True when the file is not there any more under its name. */
export function isGone(file: string, node: number | undefined): boolean {
  return file !== ':memory:' && nodeOf(file) !== node;
}

function nodeOf(file: string): number | undefined {
  return file === ':memory:' ? undefined : fs.statSync(file, { throwIfNoEntry: false })?.ino;
}
