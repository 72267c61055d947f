import type { CompiledQuery, DatabaseConnection, Driver, Kysely, LimitNode, QueryResult } from 'kysely';
import { Failure } from '../failure.ts';
import type { Dialect } from './store.ts';
import type { Tables } from './tables.ts';

/** Runs one statement with its parameters, by itself; throws a Failure. */
export type Ask = (sql: string, parameters: readonly unknown[]) => Promise<QueryResult<unknown>>;

/** Kysely over one function. It opens no transactions: those of a store are its commits. */
export async function openKysely(dialect: Dialect, ask: Ask): Promise<Kysely<Tables>> {
  const kysely = await import('kysely');
  const createDriver = () => driverOf(ask);
  if (dialect === 'mysql') {
    return new kysely.Kysely({
      dialect: {
        createDriver,
        createAdapter: () => new kysely.MysqlAdapter(),
        createIntrospector: db => new kysely.MysqlIntrospector(db),
        createQueryCompiler: () => new kysely.MysqlQueryCompiler(),
      },
    });
  }
  /** Numbers of a limit stand in the SQL: to bind one has SQLite compile the statement anew at each use, which takes far longer than a small query. */
  class Compiler extends kysely.SqliteQueryCompiler {
    protected override visitLimit({ kind, limit }: LimitNode): void {
      const isNumber = kysely.ValueNode.is(limit) && Number.isSafeInteger(limit.value);
      const written = isNumber ? kysely.ValueNode.createImmediate(limit.value) : limit;
      super.visitLimit({ kind, limit: written });
    }
  }
  return new kysely.Kysely({
    dialect: {
      createDriver,
      createAdapter: () => new kysely.SqliteAdapter(),
      createIntrospector: db => new kysely.SqliteIntrospector(db),
      createQueryCompiler: () => new Compiler(),
    },
  });
}

function driverOf(ask: Ask): Driver {
  const executeQuery = async <R>({ sql, parameters }: CompiledQuery) => (await ask(sql, parameters)) as QueryResult<R>;
  const connection: DatabaseConnection = {
    executeQuery,
    // All rows at once: a statement left open would keep SQLite's one connection from writing.
    async *streamQuery<R>(query: CompiledQuery) {
      yield await executeQuery<R>(query);
    },
  };
  const refuse = async () => {
    throw new Failure('unexpected', 'a transaction of the store is a commit');
  };
  return {
    init: async () => {},
    acquireConnection: async () => connection,
    releaseConnection: async () => {},
    beginTransaction: refuse,
    commitTransaction: refuse,
    rollbackTransaction: refuse,
    destroy: async () => {},
  };
}
