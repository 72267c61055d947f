import { Failure } from '../failure.ts';
import type { Pagination } from '../hetzner/types.ts';
import type { Item } from '../resource.ts';
import { type ListRules, listRulesOf } from './list-rules.ts';
import type { Operation } from './operation.ts';
import { matches, parseSelector } from './selector.ts';

/** One page of a list, with what Hetzner says of its pages. */
export interface Arranged<T> {
  readonly items: readonly T[];
  readonly pagination: Pagination;
}

type Complain = (parameter: string, message: string) => void;

/**
 * The page that a query asks for, of items in the order of their ids: filtered, sorted and cut as Hetzner does.
 * Throws `refused` with `invalid_input` and the fields for a query that Hetzner would not take.
 */
export function arrange<T extends Item>(
  items: readonly T[],
  query: URLSearchParams,
  operation: Operation,
): Arranged<T> {
  const rules = listRulesOf(operation);
  if (!rules) throw new Failure('unexpected', `${operation.path} is no list that the gateway answers`);
  const complaints = new Map<string, string[]>();
  const complain: Complain = (name, message) => complaints.set(name, [message]);
  const page = readCount(query, 'page', 1, Number.MAX_SAFE_INTEGER, complain);
  const size = readCount(query, 'per_page', 25, 50, complain);
  const keeps = readFilters(query, rules, complain);
  const keys = readSort(query, rules, complain);
  if (complaints.size > 0) throw invalid(complaints);
  const kept = keeps.length === 0 ? items : items.filter(item => keeps.every(keep => keep(item)));
  const sorted = keys.length === 0 ? kept : sort(kept, keys);
  const start = (page - 1) * size;
  return { items: sorted.slice(start, start + size), pagination: paginate(page, size, sorted.length) };
}

function readCount(query: URLSearchParams, name: string, otherwise: number, most: number, complain: Complain): number {
  const text = query.get(name);
  if (text === null) return otherwise;
  const count = /^\d{1,15}$/.test(text) ? Number(text) : 0;
  if (count < 1 || count > most) complain(name, `must be a number from 1 to ${most}`);
  return count;
}

function readFilters(query: URLSearchParams, rules: ListRules, complain: Complain): ((item: Item) => boolean)[] {
  const keeps: ((item: Item) => boolean)[] = [];
  for (const [name, { oneOf, pattern, required, otherwise = [], keeps: keep }] of Object.entries(rules.filters)) {
    const given = query.getAll(name);
    const values = given.length > 0 ? given : otherwise;
    if (values.length === 0) {
      if (required) complain(name, 'is required');
      continue;
    }
    if (oneOf && !values.every(value => oneOf.includes(value))) complain(name, `must be one of ${oneOf.join(', ')}`);
    if (pattern && !values.every(value => pattern.test(value))) complain(name, 'has an invalid format');
    keeps.push(item => keep(item, values, query));
  }
  const text = rules.labelled ? query.get('label_selector') : null;
  if (text === null) return keeps;
  const selector = parseSelector(text);
  if (!selector) complain('label_selector', 'is not a valid label selector');
  else if (selector.length > 0) keeps.push(({ labels }) => matches(selector, labels ?? {}));
  return keeps;
}

interface Key {
  readonly field: string;
  readonly sign: 1 | -1;
}

/** What a list is sorted by; nothing where it is the order in which its items come. */
function readSort(query: URLSearchParams, { sorts }: ListRules, complain: Complain): readonly Key[] {
  if (sorts.length === 0) return [];
  const keys = query.getAll('sort').map((text): Key => {
    const [field = '', direction = 'asc', ...rest] = text.split(':');
    if (!sorts.includes(field) || rest.length > 0 || !['asc', 'desc'].includes(direction)) {
      complain('sort', `'${text}' is not a field that this list is sorted by`);
    }
    return { field, sign: direction === 'desc' ? -1 : 1 };
  });
  // They come in the order of their ids, which nothing can divide further.
  return keys[0]?.field === 'id' && keys[0].sign === 1 ? [] : keys;
}

function sort<T extends Item>(items: readonly T[], keys: readonly Key[]): T[] {
  const rows = items.map(item => ({ item, values: keys.map(({ field }) => sortValue(item, field)) }));
  rows.sort((one, other) => {
    for (const [index, { sign }] of keys.entries()) {
      const left = one.values[index]!;
      const right = other.values[index]!;
      if (left !== right) return left < right ? -sign : sign;
    }
    return 0;
  });
  return rows.map(({ item }) => item);
}

/** What an item is sorted by; what has no end yet comes after everything that has one, and what has no name before. */
function sortValue(item: Item, field: string): string | number {
  const [key, inner] = field.split('.') as [string, string?];
  const value = inner === undefined ? item[key] : item[key]?.[inner];
  if (typeof value === 'number') return value;
  if (field === 'finished' && !value) return '~';
  return String(value ?? '');
}

function paginate(page: number, size: number, total: number): Pagination {
  const last = Math.max(1, Math.ceil(total / size));
  return {
    page,
    per_page: size,
    previous_page: page > 1 ? Math.min(page - 1, last) : null,
    next_page: page < last ? page + 1 : null,
    last_page: last,
    total_entries: total,
  };
}

function invalid(complaints: ReadonlyMap<string, readonly string[]>): Failure {
  const names = [...complaints.keys()];
  const why = names.length === 1 ? `: ${complaints.get(names[0]!)!.join(', ')}` : '';
  const where = names.map(name => `'${name}'`).join(', ');
  const fields = [...complaints].map(([name, messages]) => ({ name, messages }));
  return new Failure('refused', `invalid input in field${names.length === 1 ? '' : 's'} ${where}${why}`, {
    apiCode: 'invalid_input',
    details: { fields },
  });
}
