import { globTest, isGlob } from '../../core/find.ts';
import { selectorTest } from '../../core/selector.ts';
import type { MonitorRow } from './row.ts';

/** What rows can be ordered by. */
export const orders = ['name', 'status', 'cpu', 'disk', 'in', 'out'] as const;

export type Order = (typeof orders)[number];

type Test = (row: Pick<MonitorRow, 'name' | 'status' | 'labels'>) => boolean;

/** True for the rows that are wanted: `filter` is a part of the name or the status, or a pattern for the whole name; `selector` is a label selector. Throws `usage` for what is neither. */
export function chooseRows({ filter, selector }: { readonly filter?: string; readonly selector?: string }): Test {
  const isNamed = filter === undefined ? () => true : nameTest(filter);
  const isChosen = selector === undefined ? () => true : selectorTest(selector);
  return row => isNamed(row) && isChosen(row.labels);
}

/** The rows in order: names from a to z, figures from high to low; unknown ones last. */
export function sortRows(rows: readonly MonitorRow[], order: string): MonitorRow[] {
  const figure = (row: MonitorRow) => (order === 'cpu' ? row.cpu.last : row[order as 'disk']) ?? -1;
  const isText = order === 'name' || order === 'status';
  return [...rows].sort((a, b) => {
    const first = isText ? compare(a[order as 'name'], b[order as 'name']) : figure(b) - figure(a);
    return first || compare(a.name, b.name) || a.id - b.id;
  });
}

function nameTest(filter: string): Test {
  if (isGlob(filter)) {
    const test = globTest(filter);
    return ({ name }) => test(name);
  }
  const part = filter.toLowerCase();
  return ({ name, status }) => name.toLowerCase().includes(part) || status === part;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
