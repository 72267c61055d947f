import type SQLite from 'better-sqlite3';
import { Failure } from '../failure.ts';
import { migrations, requireKnown, statementsOf } from './migrate.ts';
import type { Step, Store } from './store.ts';
import type { Tables } from './tables.ts';

/** The store in a file, or in memory for `:memory:`; its tables are brought up to date. Throws `usage` for a file that is no store of ours or a newer one. */
export async function openSqlite(file: string): Promise<Store> {
  const [{ default: Database }, { Kysely, SqliteDialect }] = await Promise.all([
    import('better-sqlite3'),
    import('kysely'),
  ]);
  const database = new Database(file);
  try {
    database.pragma('journal_mode = WAL');
    database.pragma('synchronous = FULL');
    database.pragma('foreign_keys = ON');
    migrate(database, file);
  } catch (error) {
    database.close();
    throw error;
  }
  const db = new Kysely<Tables>({ dialect: new SqliteDialect({ database }) });
  const run = database.transaction((steps: readonly Step[]) => steps.map(step => runStep(database, step)));
  return {
    dialect: 'sqlite',
    db,
    async commit(steps) {
      try {
        return run.immediate(steps);
      } catch (error) {
        if (error === undone) return undefined;
        throw error;
      }
    },
    async copy(to) {
      await database.backup(to);
    },
    async check() {
      const rows = database.pragma('integrity_check') as { integrity_check: string }[];
      return rows.map(row => row.integrity_check).filter(text => text !== 'ok');
    },
    async close() {
      database.close();
    },
  };
}

const undone = Symbol('undone');

function runStep(database: SQLite.Database, { query, changes }: Step): number {
  const { sql, parameters } = query.compile();
  const changed = changedBy(() => database.prepare(sql).run(...parameters).changes, changes !== undefined);
  if (typeof changes === 'number' && changed !== changes) throw undone;
  return changed;
}

function changedBy(write: () => number, mayBeThere: boolean): number {
  try {
    return write();
  } catch (error) {
    const { code } = error as { code?: string };
    const isDuplicate = code === 'SQLITE_CONSTRAINT_UNIQUE' || code === 'SQLITE_CONSTRAINT_PRIMARYKEY';
    if (mayBeThere && isDuplicate) return 0;
    throw error;
  }
}

function migrate(database: SQLite.Database, file: string): void {
  const all = database.transaction(() => {
    const version = database.pragma('user_version', { simple: true }) as number;
    requireKnown(version, file);
    const missing = migrations.slice(version);
    for (const migration of missing) {
      for (const statement of statementsOf(migration, 'sqlite')) database.exec(statement);
    }
    if (missing.length > 0) database.pragma(`user_version = ${version + missing.length}`);
  });
  try {
    all.immediate();
  } catch (error) {
    if ((error as { code?: string }).code !== 'SQLITE_NOTADB') throw error;
    throw new Failure('usage', `${file} is not a store of cloudctl`, { cause: error });
  }
}
