import { Failure } from '../failure.ts';
import { asObject } from './call.ts';
import type { Meta, Pagination } from './types.ts';

/** One page as it came. */
export interface Page<T> {
  readonly rows: readonly T[];
  /** `page` is the one that was asked for. */
  readonly pagination: Partial<Pagination> & { readonly page: number };
}

/** What tells the rows of one list apart; undefined for a row that has no id. */
export type Identify = (row: unknown) => unknown;

/** True when no page comes after this one. */
export function isLast({ rows, pagination }: Page<unknown>): boolean {
  const { page, last_page, next_page } = pagination;
  if (typeof last_page === 'number') return page >= last_page;
  return rows.length === 0 || typeof next_page !== 'number' || next_page <= page;
}

/** True when nothing moved while the pages were read and no row is missing. */
export function isWhole(pages: readonly Page<unknown>[], identify: Identify): boolean {
  const totals = pages.map(page => page.pagination.total_entries ?? undefined);
  const [total] = totals;
  return totals.every(other => other === total) && (total === undefined || countRows(pages, identify) >= total);
}

/** How many rows the pages have, each counted once. */
export function countRows(pages: readonly Page<unknown>[], identify: Identify): number {
  const ids = rowsOf(pages).map(identify);
  return ids.includes(undefined) ? ids.length : new Set(ids).size;
}

/** What tells the rows of the list at that path apart. */
export function identifier(path: string): Identify {
  // Members of a network are servers and load balancers, which are counted apart.
  if (path.endsWith('/members')) return row => `${asObject(row).type} ${asObject(row).id}`;
  return row => asObject(row).id;
}

/** The page in a body; `unreachable` when there is no list in it. */
export function readPage<T>(path: string, page: number, body: unknown): Page<T> {
  const fields = asObject(body);
  const key = keyOfRows(path, fields);
  if (key === undefined) throw new Failure('unreachable', `the answer for ${path} has no list in it`);
  return {
    rows: fields[key] as readonly T[],
    pagination: { ...(fields.meta as Meta | undefined)?.pagination, page },
  };
}

/** The body with less of each of its rows; one that has no list as it is. */
export function keepOfRows<T>(path: string, keep: (row: T) => unknown): (body: unknown) => unknown {
  return body => {
    const fields = asObject(body);
    const key = keyOfRows(path, fields);
    return key === undefined ? body : { ...fields, [key]: (fields[key] as readonly T[]).map(row => keep(row)) };
  };
}

/** The name that the path ends in where that has rows, or else the only key that has an array. */
function keyOfRows(path: string, fields: Readonly<Record<string, unknown>>): string | undefined {
  const arrays = Object.keys(fields).filter(key => Array.isArray(fields[key]));
  const named = path.split('/').at(-1) ?? '';
  return arrays.includes(named) ? named : arrays.length === 1 ? arrays[0] : undefined;
}

/** The rows, and those that only another reading had, each after the row that it followed there. */
export function merge<T>(rows: readonly T[], others: readonly T[], identify: Identify): T[] {
  const known = new Set(rows.map(identify));
  const followers = new Map<unknown, T[]>();
  let before: unknown;
  for (const row of others) {
    const id = identify(row);
    if (known.has(id)) before = id;
    else followers.set(before, [...(followers.get(before) ?? []), row]);
  }
  return [...(followers.get(undefined) ?? []), ...rows.flatMap(row => [row, ...(followers.get(identify(row)) ?? [])])];
}

/** The rows of all pages. */
export function rowsOf<T>(pages: readonly Page<T>[]): T[] {
  return pages.flatMap(page => page.rows);
}
