import { toFailure } from '../../core/failure.ts';
import { type Fields, keyOf } from '../../core/field.ts';
import { selectorTest } from '../../core/selector.ts';
import { type Complaints, complain, requireNone } from './complaints.ts';
import { readInput } from './input.ts';
import type { Route, Served } from './routes.ts';
import type { Paged, Request } from './service.ts';

/** What is asked of a list. */
export interface ListQuery {
  readonly page: number;
  readonly perPage: number;
  readonly sort: readonly string[];
  readonly name?: string;
  /** Whether the labels are those of a row that is wanted. */
  readonly hasLabels: (labels: Readonly<Record<string, string>>) => boolean;
  /** The values of the verb's own fields, by their names. */
  readonly input: Readonly<Record<string, unknown>>;
  /** All of it as it came. */
  readonly query: Request['query'];
}

type Row = Readonly<Record<string, unknown>>;

/** The query of a request; throws `refused` (`invalid_input`) that names every key that is wrong or unknown. */
export function readQuery({ resource, verb }: Route, params: URLSearchParams): ListQuery {
  const complaints: Complaints = new Map();
  const isList = verb.kind === 'list';
  const { sort: _, selector: __, ...filters } = verb.fields as Fields;
  const keys = new Map(Object.entries(filters).map(([name, declared]) => [keyOf(name, declared), declared]));
  const shared = [
    ...(isList ? ['page', 'per_page', 'sort', 'name'] : []),
    ...('selector' in verb.fields ? ['label_selector'] : []),
  ];
  const query: Record<string, string | readonly string[]> = {};
  const own: Record<string, unknown> = {};
  for (const key of new Set(params.keys())) {
    const texts = params.getAll(key);
    const declared = keys.get(key);
    if (!declared && !shared.includes(key)) complain(complaints, key.slice(0, 100), 'is not known');
    const isMany = declared?.type === 'list' || declared?.type === 'repeat' || key === 'sort';
    query[key] = isMany ? texts : texts.at(-1)!;
    if (declared) own[key] = isMany ? texts : typed(declared.type, texts.at(-1)!);
  }
  const page = readCount(params, 'page', 1, Number.MAX_SAFE_INTEGER, complaints);
  const perPage = readCount(params, 'per_page', 25, 50, complaints);
  const sort = isList ? readSort(resource, params.getAll('sort'), complaints) : [];
  const hasLabels = readSelector(params.get('label_selector'), complaints);
  requireNone(complaints);
  const name = params.get('name') ?? undefined;
  return { page, perPage, sort, name, hasLabels, input: readInput(filters, own), query };
}

function readSelector(selector: string | null, complaints: Complaints): ListQuery['hasLabels'] {
  try {
    return selector ? selectorTest(selector) : () => true;
  } catch (error) {
    complain(complaints, 'label_selector', toFailure(error).message);
    return () => false;
  }
}

/** A query has only texts. */
function typed(type: string, text: string): unknown {
  if (type === 'integer' || type === 'decimal' || type === 'duration') return text === '' ? text : Number(text);
  return type === 'boolean' && (text === 'true' || text === 'false') ? text === 'true' : text;
}

function readCount(params: URLSearchParams, key: string, otherwise: number, most: number, complaints: Complaints) {
  const text = params.get(key);
  if (text === null) return otherwise;
  const count = /^\d{1,15}$/.test(text) ? Number(text) : 0;
  if (count < 1 || count > most) complain(complaints, key, `must be a number from 1 to ${most}`);
  return count;
}

function readSort({ sortable, order }: Served, given: readonly string[], complaints: Complaints): readonly string[] {
  for (const text of given) {
    const [key = '', direction = 'asc', ...rest] = text.split(':');
    if (!sortable.includes(key) || rest.length > 0 || !['asc', 'desc'].includes(direction)) {
      complain(complaints, 'sort', `must be one of ${sortable.join(', ')}, with :asc or :desc`);
    }
  }
  return given.length > 0 ? given : (order ?? ['id:asc']);
}

/** The page of a list that is asked for, as Hetzner answers: what came with all its rows is narrowed to the name and the labels and sorted first. */
export function listBody(resource: Served, asked: ListQuery, answer: readonly unknown[] | Paged): Row {
  const { page, perPage } = asked;
  const all = Array.isArray(answer) ? arrange(resource, asked, answer as readonly Row[]) : undefined;
  const rows = all ? all.slice((page - 1) * perPage, page * perPage) : (answer as Paged).rows;
  const total = all ? all.length : (answer as Paged).total;
  const last = Math.max(1, Math.ceil(total / perPage));
  return {
    [resource.path]: rows,
    meta: {
      pagination: {
        page,
        per_page: perPage,
        previous_page: page > 1 ? Math.min(page - 1, last) : null,
        next_page: page < last ? page + 1 : null,
        last_page: last,
        total_entries: total,
      },
    },
  };
}

function arrange({ nameKey = 'name' }: Served, { name, hasLabels, sort }: ListQuery, rows: readonly Row[]) {
  const wanted = rows.filter(
    row => (name === undefined || row[nameKey] === name) && hasLabels((row.labels ?? {}) as Record<string, string>),
  );
  const orders = sort.map(text => {
    const [key = '', direction] = text.split(':');
    const sign = direction === 'desc' ? -1 : 1;
    return (a: Row, b: Row) => sign * compare(a[key], b[key]);
  });
  return wanted.sort((a, b) => orders.reduce((result, order) => result || order(a, b), 0));
}

function compare(a: unknown, b: unknown): number {
  if (a === b) return 0;
  if (a === null || a === undefined) return -1;
  if (b === null || b === undefined) return 1;
  return (a as number) < (b as number) ? -1 : 1;
}
