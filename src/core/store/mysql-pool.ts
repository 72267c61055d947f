import type { PoolConnection } from 'mysql2/promise';
import { Failure } from '../failure.ts';
import type { MysqlAddress } from './mysql-address.ts';
import { isLost } from './mysql-faults.ts';

/** Runs one statement on one connection: its rows, or what it has changed. Throws the errors of mysql2. */
export type Query = (sql: string, values?: readonly unknown[]) => Promise<unknown>;

export interface Connections {
  /** Works with a connection of its own; what was begun on it and not ended is undone. */
  use<T>(work: (query: Query, connection: PoolConnection) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/** What a session has to be like: the checks of MySQL 8 everywhere, no escapes but those that mysql2 writes, and commits that see no others half-way. */
const session = (silence: number) => [
  `SET SESSION sql_mode = 'ONLY_FULL_GROUP_BY,STRICT_TRANS_TABLES,NO_ZERO_IN_DATE,NO_ZERO_DATE,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION', SESSION innodb_lock_wait_timeout = 3`,
  'SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ',
  // A process that is stopped amid a commit must not keep its rows from the others: the server undoes what it had begun.
  `SET SESSION wait_timeout = ${Math.max(1, Math.ceil(silence / 1000))}`,
];

/** Connections to a server, ten at most, each made when it is needed first; a statement may take `patience` milliseconds, and who says nothing for `silence` milliseconds loses the connection with what was begun on it. */
export async function openConnections(
  { where, ...server }: MysqlAddress,
  { patience, silence }: { readonly patience: number; readonly silence: number },
): Promise<Connections> {
  const { createPool } = await import('mysql2/promise');
  const pool = createPool({
    ...server,
    charset: 'utf8mb4',
    connectionLimit: 10,
    // Closed here before the server does it under somebody's statement.
    maxIdle: 9,
    idleTimeout: silence / 2,
    gracefulEnd: true,
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
    for (const sql of session(silence)) raw.query(sql, error => error && raw.destroy());
  });
  let isClosed = false;
  return {
    async use(work) {
      if (isClosed) throw new Failure('interrupted', `${where}: the store is closed`);
      const connection = await pool.getConnection();
      const query: Query = async (sql, values = []) => {
        const [result] = await connection.query({ sql, values: [...values], timeout: patience });
        return result;
      };
      try {
        const value = await work(query, connection);
        connection.release();
        return value;
      } catch (error) {
        if (!isLost(error) && (await isUndone(query))) connection.release();
        else connection.destroy();
        throw error;
      }
    },
    async close() {
      if (isClosed) return;
      isClosed = true;
      await pool.end();
    },
  };
}

function isUndone(query: Query): Promise<boolean> {
  return query('ROLLBACK').then(
    () => true,
    () => false,
  );
}
