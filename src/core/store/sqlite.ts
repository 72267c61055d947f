import { setTimeout } from 'node:timers/promises';
import type SQLite from 'better-sqlite3';
import type { QueryResult } from 'kysely';
import { Failure } from '../failure.ts';
import { writeCopy } from './copy.ts';
import { openKysely } from './driver.ts';
import { isDamage, isDuplicate, storeFailure } from './sqlite-faults.ts';
import { prepareFile, watchFiles } from './sqlite-files.ts';
import { migrateSqlite } from './sqlite-migrate.ts';
import { keepStatements, type Prepare, type Prepared, readRows } from './statements.ts';
import type { Step, Store } from './store.ts';

/** How the file is used. Memory mapping stays off: a disk that fails would end the process instead of a statement. */
const pragmas = [
  'busy_timeout = 5000',
  'journal_mode = WAL',
  'synchronous = FULL',
  // On macOS the disk itself is told to write; elsewhere it is the same.
  'fullfsync = ON',
  'foreign_keys = ON',
  'trusted_schema = OFF',
  'cell_size_check = ON',
  // Megabytes that the log keeps on the disk after one long commit.
  `journal_size_limit = ${64 * 1024 * 1024}`,
];

/** Pages that a copy takes over at once; a thousand are 4 MB. */
const pagesAtOnce = 250;

/** The store in a file, or in memory for `:memory:`; its tables are brought up to date. Throws `usage` for a file that is no store of ours, a newer one, or cannot be written, `busy` while another process holds it. */
export async function openSqlite(file: string): Promise<Store> {
  try {
    return await open(file);
  } catch (error) {
    throw storeFailure(file, error);
  }
}

async function open(file: string): Promise<Store> {
  const path = file === ':memory:' ? file : prepareFile(file);
  const { default: Database } = await import('better-sqlite3');
  const database = new Database(path);
  try {
    await prepareUse(database);
    await migrateSqlite(database, file);
    return await storeOf(database, file, path);
  } catch (error) {
    database.close();
    throw error;
  }
}

/** Where several processes begin one file SQLite does not wait at its change to a log, but says that it is busy. */
async function prepareUse(database: SQLite.Database): Promise<void> {
  for (let trial = 1; ; trial += 1) {
    try {
      for (const pragma of pragmas) database.pragma(pragma);
      return;
    } catch (error) {
      if ((error as { code?: string }).code !== 'SQLITE_BUSY' || trial === 100) throw error;
      await setTimeout(50);
    }
  }
}

async function storeOf(database: SQLite.Database, file: string, path: string): Promise<Store> {
  const prepare = keepStatements(database);
  // What a removed log has was acknowledged: the file still takes it.
  const rescue = () => database.pragma('wal_checkpoint(FULL)');
  const watch = path === ':memory:' ? () => {} : watchFiles(path, rescue);
  let damage: unknown;
  // What is written to a damaged file may be lost, and may damage more of it.
  const requireFiles = () => {
    if (damage !== undefined) throw damage;
    watch();
  };
  const fail = (error: unknown) => {
    if (isDamage(error)) damage = error;
    return database.open ? storeFailure(file, error) : new Failure('interrupted', `${file}: the store is closed`);
  };
  const carryOut = database.transaction((steps: readonly Step[]) => steps.map(step => runStep(prepare, step)));
  return {
    dialect: 'sqlite',
    db: await openKysely('sqlite', async (sql, parameters) => {
      try {
        return ask(prepare(sql), parameters, requireFiles);
      } catch (error) {
        throw fail(error);
      }
    }),
    async commit(steps) {
      try {
        requireFiles();
        return carryOut.immediate(steps);
      } catch (error) {
        if (error === undone) return undefined;
        throw fail(error);
      }
    },
    copy: to => writeCopy(draft => database.backup(draft, { progress: () => pagesAtOnce }), to),
    async check() {
      try {
        const rows = database.pragma('integrity_check') as { integrity_check: string }[];
        return rows.map(row => row.integrity_check).filter(text => text !== 'ok');
      } catch (error) {
        return [fail(error).message];
      }
    },
    async close() {
      // The last one to close it writes the log back into the file, and removes it.
      database.close();
    },
  };
}

const undone = Symbol('undone');

function runStep(prepare: Prepare, { query, changes }: Step): number {
  const { sql, parameters } = query.compile();
  const changed = changedBy(() => prepare(sql).statement.run(...parameters).changes, changes !== undefined);
  if (typeof changes === 'number' && changed !== changes) throw undone;
  return changed;
}

function changedBy(write: () => number, mayBeThere: boolean): number {
  try {
    return write();
  } catch (error) {
    if (mayBeThere && isDuplicate(error)) return 0;
    throw error;
  }
}

function ask(prepared: Prepared, parameters: readonly unknown[], requireFiles: () => void): QueryResult<unknown> {
  const { statement } = prepared;
  if (statement.reader) return { rows: readRows(prepared, parameters) };
  requireFiles();
  const { changes, lastInsertRowid } = statement.run(...parameters);
  return { rows: [], numAffectedRows: BigInt(changes), insertId: BigInt(lastInsertRowid) };
}
