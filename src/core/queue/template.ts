import type { CompiledQuery } from 'kysely';

/** A query that is filled with values. */
export type Template<V extends object, R> = (values: V) => Filled<R>;

/** A compiled query, which also stands where one is still to be compiled. */
export type Filled<R> = CompiledQuery<R> & { compile(): CompiledQuery<R> };

/** Compiles once what `build` makes of places for values, since building and compiling a query takes longer than SQLite takes to run it. Nothing but these values may vary. */
export function createTemplate<V extends object, R>(
  names: readonly (keyof V & string)[],
  build: (places: V) => { compile(): CompiledQuery<R> },
): Template<V, R> {
  const places = Object.fromEntries(names.map(name => [name, { name }]));
  const { sql, query, queryId, parameters } = build(places as V).compile();
  const nameAt = parameters.map(value => names.find(name => places[name] === value));
  return values => {
    const filled = parameters.map((value, index) => (nameAt[index] === undefined ? value : values[nameAt[index]]));
    const compiled = { sql, query, queryId, parameters: filled };
    return { ...compiled, compile: () => compiled };
  };
}
