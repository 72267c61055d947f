import type { Compilable, Kysely } from 'kysely';
import type { Tables } from './tables.ts';

export type Dialect = 'sqlite' | 'mysql';

/** One write of a commit. */
export interface Step {
  readonly query: Compilable;
  /** How many rows it has to change; another number undoes the whole commit. A duplicate key counts as none where a number is given, and throws where none is. */
  readonly changes?: number | 'any';
}

/** Where queries are asked, and in which words. */
export interface Sql {
  readonly dialect: Dialect;
  readonly db: Kysely<Tables>;
}

/** SQL with two back ends. What is read and written at once is `db`; what belongs together is one commit, since a transaction held open over an await would interleave with others on SQLite's one connection. */
export interface Store extends Sql {
  /** All of the writes or none, durable when it resolves: the rows changed by each, or undefined when one changed another number than it had to. `changes: 'any'` takes a duplicate key for no row. */
  commit(steps: readonly Step[]): Promise<readonly number[] | undefined>;
  /** Writes a copy of the database into a file, beside the work that goes on: whole, checked, on the disk and readable by its owner only when it resolves; otherwise what was there stays. SQLite only, `usage` on MySQL. */
  copy(file: string): Promise<void>;
  /** What is wrong with the database, a sentence each; empty when nothing is. */
  check(): Promise<readonly string[]>;
  close(): Promise<void>;
}
