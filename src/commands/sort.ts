import { Failure } from '../core/failure.ts';
import { nearest } from '../core/nearest.ts';
import type { Item, Resource } from '../core/resource.ts';

/** Sort keys split in those that the API can do and those that are done here; all are done here as soon as one must be. */
export function splitSort(
  resource: Resource,
  keys: readonly string[],
): { forApi?: readonly string[]; forHere: readonly string[] } {
  for (const key of keys) checkKey(resource, key);
  if (keys.length === 0) return { forHere: [] };
  const apiCan = keys.every(key => resource.sortable.includes(fieldOf(key)));
  return apiCan ? { forApi: keys, forHere: [] } : { forHere: keys };
}

function fieldOf(key: string): string {
  return key.split(':')[0]!;
}

function checkKey(resource: Resource, key: string): void {
  const [name = '', direction = 'asc', ...rest] = key.split(':');
  const known = [...new Set([...resource.sortable, ...Object.keys(resource.columns)])];
  if (!known.includes(name)) {
    const like = nearest(name, known);
    throw new Failure('usage', `--sort: no column '${name}'`, {
      hint: like ? `Did you mean ${like}?` : `One of ${known.join(', ')}`,
    });
  }
  if (rest.length > 0 || !['asc', 'desc'].includes(direction)) {
    throw new Failure('usage', `--sort: '${key}' must end in :asc or :desc`);
  }
}

/** The rows in the order of the keys, each a column's name with `:asc` or `:desc`; equal ones stay as they were. */
export function sortRows<T extends Item>(
  resource: Resource<T>,
  rows: readonly T[],
  keys: readonly string[],
): readonly T[] {
  if (keys.length === 0) return rows;
  const names = (_: string, id: number) => String(id);
  const orders = keys.map(key => {
    const column = resource.columns[fieldOf(key)] ?? ((item: T) => item[fieldOf(key)]);
    const sign = key.endsWith(':desc') ? -1 : 1;
    return (a: T, b: T) => sign * compare(column(a, names), column(b, names));
  });
  return [...rows].sort((a, b) => orders.reduce((result, order) => result || order(a, b), 0));
}

function compare(a: unknown, b: unknown): number {
  if (a === b) return 0;
  if (a === null || a === undefined) return -1;
  if (b === null || b === undefined) return 1;
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  if (a instanceof Date && b instanceof Date) return a.getTime() - b.getTime();
  return compareAmounts(a, b) || (String(a) < String(b) ? -1 : String(a) > String(b) ? 1 : 0);
}

/** Amounts of one unit, such as `9 GB` and `10 GB`, by their numbers; 0 for anything else. */
function compareAmounts(a: unknown, b: unknown): number {
  const [one, other] = [a, b].map(value => /^(\d+(?:\.\d+)?)( \S+)$/.exec(String(value)));
  return one && other && one[2] === other[2] ? Number(one[1]) - Number(other[1]) : 0;
}
