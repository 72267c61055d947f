import type { Labels, Pagination } from '../core/hetzner/types.ts';
import { type Complaints, invalid } from './problem.ts';
import type { Call, Reply } from './route.ts';
import { matchesSelector, parseSelector } from './selector.ts';

/** A query parameter that narrows a list: the values it may take (any if absent) and the test of a row. */
export interface Filter<Row> {
  oneOf?: readonly string[];
  /** What every value must look like. */
  pattern?: RegExp;
  /** Taken for the values when the parameter is not given. */
  otherwise?: readonly string[];
  keeps(row: Row, values: readonly string[], query: URLSearchParams): boolean;
}

/** What a list can be asked for. */
export interface ListRules<Row> {
  sorts?: readonly string[];
  filters?: Readonly<Record<string, Filter<Row>>>;
  labels?: (row: Row) => Labels;
  /** How a row compares in a sort, where it is not by the row's own property. */
  sortValue?: (row: Row, field: string) => string | number;
}

/** Keeps rows whose property is one of the given values. */
export function byProperty<Row>(name: keyof Row & string, oneOf?: readonly string[]): Filter<Row> {
  return { ...(oneOf && { oneOf }), keeps: (row, values) => row[name] !== null && values.includes(String(row[name])) };
}

/** Answers a list: filtered, sorted, one page of it, with `meta.pagination` and the `Link` header. */
export function replyList<Row>(
  call: Call,
  key: string,
  rows: Iterable<Row>,
  view: (row: Row) => unknown,
  rules: ListRules<Row> = {},
): Reply {
  const complaints: Complaints = new Map();
  const page = readCount(call.query, 'page', 1, Number.MAX_SAFE_INTEGER, complaints);
  const perPage = readCount(call.query, 'per_page', 25, 50, complaints);
  const keeps = readFilters(call.query, rules, complaints);
  const compare = readSort(call.query, rules, complaints);
  if (complaints.size > 0) throw invalid(complaints);
  const kept = [...rows].filter(row => keeps.every(keep => keep(row)));
  if (compare) kept.sort(compare);
  const pagination = paginate(page, perPage, kept.length);
  const items = kept.slice((page - 1) * perPage, page * perPage).map(view);
  return { status: 200, body: { [key]: items, meta: { pagination } }, headers: linkHeader(call, pagination) };
}

function readCount(query: URLSearchParams, name: string, otherwise: number, max: number, complaints: Complaints) {
  const text = query.get(name);
  if (text === null) return otherwise;
  const count = /^\d{1,15}$/.test(text) ? Number(text) : 0;
  if (count < 1 || count > max) complaints.set(name, [`must be a number from 1 to ${max}`]);
  return count;
}

function readFilters<Row>(query: URLSearchParams, rules: ListRules<Row>, complaints: Complaints) {
  const keeps: ((row: Row) => boolean)[] = [];
  for (const [name, filter] of Object.entries(rules.filters ?? {})) {
    const given = query.getAll(name);
    const values = given.length > 0 ? given : (filter.otherwise ?? []);
    if (values.length === 0) continue;
    if (filter.oneOf && values.some(value => !filter.oneOf?.includes(value))) {
      complaints.set(name, [`must be one of ${filter.oneOf.join(', ')}`]);
    }
    if (values.some(value => !(filter.pattern ?? /^/).test(value))) complaints.set(name, ['has an invalid format']);
    keeps.push(row => filter.keeps(row, values, query));
  }
  const { labels } = rules;
  const selector = query.get('label_selector');
  if (labels && selector !== null) {
    const terms = parseSelector(selector);
    if (!terms) complaints.set('label_selector', ['is not a valid label selector']);
    else if (terms.length > 0) keeps.push(row => matchesSelector(terms, labels(row)));
  }
  return keeps;
}

function readSort<Row>(query: URLSearchParams, rules: ListRules<Row>, complaints: Complaints) {
  const wanted = rules.sorts ? query.getAll('sort') : [];
  const value = rules.sortValue ?? ((row: Row, field: string) => row[field as keyof Row] as string | number);
  const keys: { field: string; sign: number }[] = [];
  for (const text of wanted) {
    const [field = '', direction = 'asc', ...rest] = text.split(':');
    if (!rules.sorts?.includes(field) || rest.length > 0 || !['asc', 'desc'].includes(direction)) {
      complaints.set('sort', [`'${text}' is not a field that this list is sorted by`]);
    }
    keys.push({ field, sign: direction === 'desc' ? -1 : 1 });
  }
  // Rows are kept in the order of their ids, so that sorting by id alone costs nothing.
  if (keys.length === 0 || (keys[0]!.field === 'id' && keys[0]!.sign === 1)) return undefined;
  return (one: Row, other: Row) => {
    for (const { field, sign } of keys) {
      const left = value(one, field);
      const right = value(other, field);
      if (left !== right) return left < right ? -sign : sign;
    }
    return 0;
  };
}

function paginate(page: number, perPage: number, total: number): Pagination {
  const last = Math.max(1, Math.ceil(total / perPage));
  return {
    page,
    per_page: perPage,
    previous_page: page > 1 ? Math.min(page - 1, last) : null,
    next_page: page < last ? page + 1 : null,
    last_page: last,
    total_entries: total,
  };
}

function linkHeader(call: Call, pagination: Pagination): Record<string, string> {
  const link = (page: number | null, relation: string) => {
    if (page === null) return [];
    const query = new URLSearchParams(call.query);
    query.set('page', String(page));
    query.set('per_page', String(pagination.per_page));
    return [`<${call.url}?${query}>; rel="${relation}"`];
  };
  const { previous_page, next_page, last_page } = pagination;
  const links = [...link(previous_page, 'prev'), ...link(next_page, 'next'), ...link(last_page, 'last')];
  return { Link: links.join(', ') };
}
