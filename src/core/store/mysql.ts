import type { QueryResult } from 'kysely';
import type { ResultSetHeader } from 'mysql2/promise';
import { Failure } from '../failure.ts';
import { openKysely } from './driver.ts';
import { readMysqlAddress } from './mysql-address.ts';
import { codeOf, isLost, mysqlFailure } from './mysql-faults.ts';
import { migrateMysql } from './mysql-migrate.ts';
import { openConnections, type Query } from './mysql-pool.ts';
import type { Step, Store } from './store.ts';

/** How often something is tried of which nothing was kept: it met others on the same rows, or the connection was lost before its end. */
const tries = { ER_LOCK_DEADLOCK: 20, ER_LOCK_WAIT_TIMEOUT: 2, PROTOCOL_SEQUENCE_TIMEOUT: 1, lost: 3 } as const;

/** The store in a database of MySQL 8 or MariaDB 10.6 and later, `mysql://user:password@host:port/database`; its tables are brought up to date. A statement may take `patience` milliseconds; a commit that says nothing for `silence` milliseconds, since its process is stopped, is undone by the server. Throws `usage` for a wrong address or a database that is not ours, `unreachable` for a server that does not answer. */
export async function openMysql(url: string, patience = 30_000, silence = patience): Promise<Store> {
  const address = readMysqlAddress(url);
  const connections = await openConnections(address, { patience, silence });
  const again = takeTurns();
  const fail = (error: unknown, ambiguous = false) => mysqlFailure(address.where, error, ambiguous);
  const failing = async <T>(work: Promise<T>, isOpen: (error: unknown) => boolean = () => false): Promise<T> => {
    try {
      return await work;
    } catch (error) {
      throw fail(error, isOpen(error));
    }
  };
  try {
    await failing(connections.use((_, connection) => migrateMysql(connection, address.database, address.where)));
  } catch (error) {
    await connections.close();
    throw error;
  }
  return {
    dialect: 'mysql',
    db: await openKysely('mysql', async (sql, parameters) => {
      const isRead = /^\s*select\b/i.test(sql);
      const ask = () => connections.use(query => query(sql, parameters));
      return resultOf(await failing(again(ask, isRead), error => !isRead && isLost(error)));
    }),
    commit: steps => failing(again(() => connections.use(query => commit(query, steps, fail)), true)),
    async copy() {
      throw new Failure('usage', `${address.where}: a database of MySQL is copied by its own tools`, {
        hint: 'mysqldump --single-transaction',
      });
    },
    check: () => failing(connections.use(check)),
    close: () => connections.close(),
  };
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
        const most = tries[codeOf(error) as 'lost'] ?? (isLost(error) && isSafe ? tries.lost : 1);
        if (trial >= most) throw error;
      }
    }
  };
}

async function commit(
  query: Query,
  steps: readonly Step[],
  fail: (error: unknown, ambiguous: boolean) => Failure,
): Promise<readonly number[] | undefined> {
  if (steps.length === 0) return [];
  const changed: number[] = [];
  await query('BEGIN');
  for (const step of steps) {
    const count = await runStep(query, step);
    if (typeof step.changes === 'number' && count !== step.changes) {
      await query('ROLLBACK');
      return undefined;
    }
    changed.push(count);
  }
  await query('COMMIT').catch(error => {
    // Nobody knows whether the server has kept it: a Failure is not tried again here.
    throw isLost(error) ? fail(error, true) : error;
  });
  return changed;
}

async function runStep(query: Query, { query: write, changes }: Step): Promise<number> {
  const { sql, parameters } = write.compile();
  try {
    return ((await query(sql, parameters)) as ResultSetHeader).affectedRows;
  } catch (error) {
    if (changes !== undefined && codeOf(error) === 'ER_DUP_ENTRY') return 0;
    throw error;
  }
}

async function check(query: Query): Promise<readonly string[]> {
  const names = 'SELECT table_name AS name FROM information_schema.tables WHERE table_schema = DATABASE()';
  const faults: string[] = [];
  for (const { name } of (await query(names)) as { name: string }[]) {
    const rows = (await query('CHECK TABLE ??', [name])) as Record<string, string>[];
    for (const row of rows) if (row.Msg_type === 'error') faults.push(`${name}: ${row.Msg_text}`);
  }
  return faults;
}
