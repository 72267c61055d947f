import type { Database, Statement } from 'better-sqlite3';

export type Prepare = (sql: string) => Statement<unknown[]>;

/** Statements that are kept; more are used for lists of many lengths only. */
const most = 300;

/** Prepares statements, and keeps those that were used last. */
export function keepStatements(database: Database): Prepare {
  const kept = new Map<string, Statement<unknown[]>>();
  return sql => {
    const statement = kept.get(sql) ?? database.prepare<unknown[]>(sql);
    kept.delete(sql);
    kept.set(sql, statement);
    if (kept.size > most) kept.delete(kept.keys().next().value as string);
    return statement;
  };
}
