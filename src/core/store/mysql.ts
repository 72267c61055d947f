import type { QueryResult } from 'kysely';
import type { Pool, PoolConnection, ResultSetHeader } from 'mysql2/promise';
import { Failure } from '../failure.ts';
import { openKysely } from './driver.ts';
import { type MysqlAddress, readMysqlAddress } from './mysql-address.ts';
import { codeOf, isLost, mysqlFailure } from './mysql-faults.ts';
import { migrateMysql } from './mysql-migrate.ts';
import type { Step, Store } from './store.ts';

/** Milliseconds that a statement may take. */
const patience = 30_000;

/** How often something is tried of which nothing was kept: it met others on the same rows, or the connection was lost before its end. */
const tries: Readonly<Record<string, number>> = { ER_LOCK_DEADLOCK: 20, ER_LOCK_WAIT_TIMEOUT: 2, lost: 3 };

/** What a session has to be like: the checks of MySQL 8 everywhere, no escapes but those that mysql2 writes, and commits that see no others half-way. */
const session = [
  `SET SESSION sql_mode = 'ONLY_FULL_GROUP_BY,STRICT_TRANS_TABLES,NO_ZERO_IN_DATE,NO_ZERO_DATE,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION', SESSION innodb_lock_wait_timeout = 3`,
  'SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ',
];

/** The store in a database of MySQL 8 or MariaDB 10.6 and later, `mysql://user:password@host:port/database`; its tables are brought up to date. Throws `usage` for a wrong address or a database that is not ours, `unreachable` for a server that does not answer. */
export async function openMysql(url: string): Promise<Store> {
  const address = readMysqlAddress(url);
  const pool = await openPool(address);
  const again = takeTurns();
  const fail = (error: unknown, ambiguous = false) => mysqlFailure(address.where, error, ambiguous);
  try {
    await withConnection(pool, connection => migrateMysql(connection, address.database, address.where));
  } catch (error) {
    await pool.end();
    throw fail(error);
  }
  return {
    dialect: 'mysql',
    db: await openKysely('mysql', async (sql, parameters) => {
      const isRead = /^\s*select\b/i.test(sql);
      const ask = () => withConnection(pool, connection => query(connection, sql, parameters));
      try {
        return resultOf(await again(ask, isRead));
      } catch (error) {
        throw fail(error, !isRead && isLost(error));
      }
    }),
    async commit(steps) {
      try {
        return await again(() => withConnection(pool, connection => commit(connection, steps, fail)), true);
      } catch (error) {
        throw fail(error);
      }
    },
    async copy() {
      throw new Failure('usage', `${address.where}: a database of MySQL is copied by its own tools`, {
        hint: 'mysqldump --single-transaction',
      });
    },
    async check() {
      const names = 'SELECT table_name AS name FROM information_schema.tables WHERE table_schema = DATABASE()';
      const faults: string[] = [];
      try {
        await withConnection(pool, async connection => {
          for (const { name } of (await query(connection, names)) as { name: string }[]) {
            const rows = (await query(connection, 'CHECK TABLE ??', [name])) as Record<string, string>[];
            for (const row of rows) if (row.Msg_type === 'error') faults.push(`${name}: ${row.Msg_text}`);
          }
        });
      } catch (error) {
        throw fail(error);
      }
      return faults;
    },
    close: () => pool.end(),
  };
}

async function openPool({ where, ...server }: MysqlAddress): Promise<Pool> {
  const { createPool } = await import('mysql2/promise');
  const pool = createPool({
    ...server,
    charset: 'utf8mb4',
    connectionLimit: 10,
    connectTimeout: 10_000,
    enableKeepAlive: true,
    timezone: 'Z',
    decimalNumbers: true,
    // Names are bytes to the server and text to us.
    typeCast: (field, next) => (['VAR_STRING', 'STRING', 'BLOB'].includes(field.type) ? field.string('utf8') : next()),
  });
  pool.on('connection', connection => {
    // They are sent before the first statement of whoever gets the connection.
    const raw = connection as unknown as import('mysql2').Connection;
    for (const sql of session) raw.query(sql, error => error && raw.destroy());
  });
  return pool;
}

/** Works with a connection of its own, which is given back only when it is still good. */
async function withConnection<T>(pool: Pool, work: (connection: PoolConnection) => Promise<T>): Promise<T> {
  const connection = await pool.getConnection();
  try {
    const value = await work(connection);
    connection.release();
    return value;
  } catch (error) {
    const isBad = isLost(error) || error instanceof Failure || !(await isUndone(connection));
    if (isBad) connection.destroy();
    else connection.release();
    throw error;
  }
}

async function isUndone(connection: PoolConnection): Promise<boolean> {
  return query(connection, 'ROLLBACK').then(
    () => true,
    () => false,
  );
}

async function query(connection: PoolConnection, sql: string, values: readonly unknown[] = []): Promise<unknown> {
  const [result] = await connection.query({ sql, values: [...values], timeout: patience });
  return result;
}

function resultOf(result: unknown): QueryResult<unknown> {
  if (Array.isArray(result)) return { rows: result };
  const { affectedRows, insertId } = result as ResultSetHeader;
  return { rows: [], numAffectedRows: BigInt(affectedRows), insertId: insertId ? BigInt(insertId) : undefined };
}

/** Makes what failed anew, as often as its error allows; after a lost connection only what was surely not kept. Those that failed take turns then: begun at once they would only meet again. */
function takeTurns(): <T>(work: () => Promise<T>, isSafe: boolean) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(work: () => Promise<T>) => {
    const next = last.then(work);
    last = next.catch(() => {});
    return next;
  };
  return async (work, isSafe) => {
    for (let trial = 1; ; trial += 1) {
      try {
        return await (trial === 1 ? work() : inTurn(work));
      } catch (error) {
        const kind = isLost(error) ? 'lost' : codeOf(error);
        if (trial >= (tries[kind] ?? 1) || (kind === 'lost' && !isSafe)) throw error;
      }
    }
  };
}

async function commit(
  connection: PoolConnection,
  steps: readonly Step[],
  fail: (error: unknown, ambiguous: boolean) => Failure,
): Promise<readonly number[] | undefined> {
  if (steps.length === 0) return [];
  const changed: number[] = [];
  await query(connection, 'BEGIN');
  for (const step of steps) {
    const count = await runStep(connection, step);
    if (typeof step.changes === 'number' && count !== step.changes) {
      await query(connection, 'ROLLBACK');
      return undefined;
    }
    changed.push(count);
  }
  await query(connection, 'COMMIT').catch(error => {
    // Nobody knows whether the server has kept it: a Failure is not tried again here.
    throw isLost(error) ? fail(error, true) : error;
  });
  return changed;
}

async function runStep(connection: PoolConnection, { query: write, changes }: Step): Promise<number> {
  const { sql, parameters } = write.compile();
  try {
    return ((await query(connection, sql, parameters)) as ResultSetHeader).affectedRows;
  } catch (error) {
    if (changes !== undefined && codeOf(error) === 'ER_DUP_ENTRY') return 0;
    throw error;
  }
}
