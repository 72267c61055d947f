import { type RouteSpec, type Rule, readRule } from '../../core/alerts/rule.ts';
import type { Store } from '../../core/store/store.ts';
import type { RouteRow } from '../../core/store/tables.ts';

/** A route as the store has it. */
export type Route = Omit<RouteRow, 'id' | 'spec'> & { readonly id: number; readonly spec: RouteSpec };

/** All routes, in the order in which they are asked. */
export async function readRoutes({ db }: Store): Promise<Route[]> {
  const rows = await db.selectFrom('routes').selectAll().orderBy('place').orderBy('id').execute();
  return rows.map(row => ({ ...row, spec: JSON.parse(row.spec) as RouteSpec }));
}

/** The same, to be asked. */
export async function readRules(store: Store): Promise<Rule[]> {
  return (await readRoutes(store)).map(readRule);
}
