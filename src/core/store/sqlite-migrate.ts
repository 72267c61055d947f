import type { Database } from 'better-sqlite3';
import { Failure } from '../failure.ts';
import { writeCopy } from './copy.ts';
import { migrations, requireKnown, statementsOf } from './migrate.ts';

/** In the header of each file of ours: `cctl`. */
export const ours = 0x6363746c;

/** Milliseconds that another process may take for the same. */
const patience = 60_000;

/** Brings a database up to date in one transaction, one process at a time; a copy of what there was is `<file>.before-v<version>`. */
export async function migrateSqlite(
  database: Database,
  file: string,
  all: readonly (readonly string[])[] = migrations,
): Promise<void> {
  if (versionOf(database, file, all.length) === all.length) return;
  const usual = database.pragma('busy_timeout', { simple: true });
  database.pragma(`busy_timeout = ${patience}`);
  database.exec('BEGIN IMMEDIATE');
  try {
    const version = versionOf(database, file, all.length);
    if (version > 0 && version < all.length) await copyBefore(database, file, all.length);
    for (const migration of all.slice(version)) {
      for (const statement of statementsOf(migration, 'sqlite')) database.exec(statement);
    }
    database.pragma(`application_id = ${ours}`);
    database.pragma(`user_version = ${all.length}`);
    database.exec('COMMIT');
  } finally {
    if (database.inTransaction) database.exec('ROLLBACK');
    database.pragma(`busy_timeout = ${usual}`);
  }
}

/** The version of its tables, 0 for an empty database; throws `usage` for one that is not ours or newer. */
export function versionOf(database: Database, file: string, known = migrations.length): number {
  // At one moment: another process may be making the tables.
  const read = database.transaction(() => ({
    application: database.pragma('application_id', { simple: true }),
    version: database.pragma('user_version', { simple: true }) as number,
    tables: database.prepare('SELECT count(*) FROM sqlite_master').pluck().get() as number,
  }));
  const { application, version, tables } = read();
  if (application !== ours && (application !== 0 || version !== 0 || tables !== 0)) {
    throw new Failure('usage', `${file}: it is not a store of cloudctl`, { hint: 'Name another path' });
  }
  requireKnown(version, file, known);
  return version;
}

/** The transaction keeps others from writing; what is read is what was there before it. */
async function copyBefore(database: Database, file: string, version: number): Promise<void> {
  const { default: Database } = await import('better-sqlite3');
  const reader = new Database(database.name, { readonly: true });
  try {
    await writeCopy(to => reader.backup(to), `${file}.before-v${version}`);
  } finally {
    reader.close();
  }
}
