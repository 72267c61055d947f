import type { Compilable, CompiledQuery, Kysely } from 'kysely';
import type { Sql } from './store.ts';
import type { Tables } from './tables.ts';

/** A query that is filled with values. */
export type Template<V extends object, R> = (store: Sql, values: V) => Filled<R>;

/** A query with its values, compiled: to be run, or to be a step of a commit. */
export interface Filled<R> extends Compilable<R> {
  /** The rows of one that reads. */
  rows(): Promise<R[]>;
  first(): Promise<R | undefined>;
}

/** Where a value goes. */
class Place {
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }
}

/** Compiles what `build` makes of places for values once for each dialect and each set of names, since building and compiling a query takes longer than SQLite takes to run it. Nothing but the values, none of which is a list, and which of them are given may vary. */
export function template<V extends object, R>(build: (db: Kysely<Tables>, places: V) => Compilable<R>): Template<V, R> {
  const compiled = new Map<string, CompiledQuery<R>>();
  return ({ db, dialect }, values) => {
    const names = (Object.keys(values) as (keyof V & string)[]).filter(name => values[name] !== undefined);
    const shape = `${dialect} ${names.join()}`;
    let made = compiled.get(shape);
    if (!made) {
      const places = Object.fromEntries(names.map(name => [name, new Place(name)]));
      made = build(db, places as V).compile();
      compiled.set(shape, made);
    }
    return fill(db, made, values as Record<string, unknown>);
  };
}

function fill<R>(db: Kysely<Tables>, made: CompiledQuery<R>, values: Record<string, unknown>): Filled<R> {
  const parameters = made.parameters.map(one => (one instanceof Place ? values[one.name] : one));
  const query = { sql: made.sql, query: made.query, queryId: made.queryId, parameters };
  const rows = async () => (await db.executeQuery<R>(query)).rows;
  return { compile: () => query, rows, first: async () => (await rows())[0] };
}
