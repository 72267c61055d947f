import type { Connection } from 'mysql2/promise';
import { Failure } from '../failure.ts';
import { migrations, requireKnown, statementsOf } from './migrate.ts';
import { codeOf } from './mysql-faults.ts';

/** What a statement says that was carried out already, by a process that died before it could write that down. */
const already: ReadonlySet<string> = new Set([
  'ER_TABLE_EXISTS_ERROR',
  'ER_BAD_TABLE_ERROR',
  'ER_DUP_KEYNAME',
  'ER_DUP_FIELDNAME',
  'ER_CANT_DROP_FIELD_OR_KEY',
]);

/** Seconds that another process may take for the same. */
const patience = 60;

interface Progress {
  readonly version: number;
  readonly statement: number;
  readonly done: number;
}

/** Brings a database up to date, one process at a time. DDL of MySQL cannot be undone, so each statement is written down before and after, and one that a killed process has begun is finished by the next. */
export async function migrateMysql(
  connection: Connection,
  database: string,
  where: string,
  all: readonly (readonly string[])[] = migrations,
): Promise<void> {
  const lock = `cloudctl ${database}`.slice(0, 64);
  const [[row]] = (await connection.query('SELECT GET_LOCK(?, ?) AS held', [lock, patience])) as unknown as [
    [{ held: number | null }],
  ];
  if (row.held !== 1) throw new Failure('busy', `${where}: another process changes its tables`, { hint: 'Try again' });
  try {
    await requireOurs(connection, where);
    const progress = await readProgress(connection);
    requireKnown(Math.max(0, ...progress.map(one => one.version)), where, all.length);
    for (const [place, migration] of all.entries()) {
      for (const [statement, sql] of statementsOf(migration, 'mysql').entries()) {
        const before = progress.find(one => one.version === place + 1 && one.statement === statement);
        if (!before?.done) await carryOut(connection, place + 1, statement, sql, before !== undefined);
      }
    }
  } finally {
    await connection.query('SELECT RELEASE_LOCK(?)', [lock]);
  }
}

/** Throws `usage` for a database that has tables of something else. */
async function requireOurs(connection: Connection, where: string): Promise<void> {
  const [rows] = await connection.query(
    'SELECT table_name AS name FROM information_schema.tables WHERE table_schema = DATABASE()',
  );
  const names = (rows as { name: string }[]).map(row => row.name);
  if (names.length === 0 || names.includes('migrations')) return;
  throw new Failure('usage', `${where} is not a store of cloudctl: it has other tables, such as ${names[0]}`, {
    hint: 'Name a database that is empty',
  });
}

async function readProgress(connection: Connection): Promise<Progress[]> {
  await connection.query(`CREATE TABLE IF NOT EXISTS migrations (
    version BIGINT NOT NULL,
    statement BIGINT NOT NULL,
    done BIGINT NOT NULL,
    PRIMARY KEY (version, statement)
  ) ENGINE=InnoDB`);
  const [rows] = await connection.query('SELECT version, statement, done FROM migrations');
  return rows as Progress[];
}

async function carryOut(
  connection: Connection,
  version: number,
  statement: number,
  sql: string,
  isBegun: boolean,
): Promise<void> {
  const done = 'UPDATE migrations SET done = 1 WHERE version = ? AND statement = ?';
  const key = [version, statement];
  if (!isBegun) await connection.query('INSERT INTO migrations (version, statement, done) VALUES (?, ?, 0)', key);
  if (/^\s*(CREATE|ALTER|DROP|RENAME)\b/i.test(sql)) {
    await connection.query(sql).catch(error => {
      if (!isBegun || !already.has(codeOf(error))) throw error;
    });
    await connection.query(done, key);
    return;
  }
  await connection.query('BEGIN');
  await connection.query(sql);
  await connection.query(done, key);
  await connection.query('COMMIT');
}
