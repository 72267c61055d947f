import { Failure } from '../../core/failure.ts';
import { globTest, isGlob } from '../../core/find.ts';
import type { MonitorRow } from './row.ts';

/** What rows can be ordered by. */
export const orders = ['name', 'status', 'cpu', 'disk', 'in', 'out'] as const;

type Test = (row: Pick<MonitorRow, 'name' | 'status' | 'labels'>) => boolean;

/** True for the rows that are wanted: `filter` is a part of the name or the status, or a pattern for the whole name; `selector` is a label selector. Throws `usage` for what is neither. */
export function chooseRows({ filter, selector }: { readonly filter?: string; readonly selector?: string }): Test {
  const isNamed = filter === undefined ? () => true : nameTest(filter);
  const terms = selector === undefined ? [] : splitTerms(selector).map(termTest);
  return row => isNamed(row) && terms.every(test => test(row.labels));
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

type LabelTest = (labels: MonitorRow['labels']) => boolean;

/** The terms of a selector: commas within brackets do not part them. */
function splitTerms(selector: string): string[] {
  return (selector.match(/(?:\([^)]*\)|[^,(])+/g) ?? []).map(term => term.trim()).filter(Boolean);
}

function termTest(term: string): LabelTest {
  const set = /^(\S+)\s+(in|notin)\s*\(([^)]*)\)$/.exec(term);
  if (set) {
    const [, key, word, list] = set;
    const values = list!.split(',').map(value => value.trim());
    return labels => values.includes(labels[key!]!) === (word === 'in');
  }
  const pair = /^([^=!\s]+)\s*(==?|!=)\s*(\S*)$/.exec(term);
  if (pair) {
    const [, key, sign, value] = pair;
    return labels => (labels[key!] === value) === (sign !== '!=');
  }
  const has = /^(!?)\s*([^=!\s]+)$/.exec(term);
  if (has) return labels => Object.hasOwn(labels, has[2]!) === (has[1] === '');
  throw new Failure('usage', `'${term}' is not a term of a label selector`);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
