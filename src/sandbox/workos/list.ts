import { invalidParameter } from './problem.ts';
import type { WorkosReply } from './realm.ts';

const usualLimit = 10;
const greatestLimit = 100;

/**
 * Answers one page of a list that stands in the order of its making: `limit` of them (10, at most 100), beginning
 * after or ending before a cursor, which is an id; the newest first unless `usualOrder` or `order` says otherwise.
 */
export function replyList<Row extends { id: string }>(
  query: URLSearchParams,
  rows: Iterable<Row>,
  usualOrder: 'asc' | 'desc' = 'desc',
): WorkosReply {
  const order = query.get('order') ?? usualOrder;
  if (order !== 'asc' && order !== 'desc') throw invalidParameter('order', 'order_invalid');
  const limit = readLimit(query);
  const ordered = order === 'asc' ? [...rows] : [...rows].reverse();
  const place = (name: 'before' | 'after') => {
    const cursor = query.get(name);
    if (cursor === null) return undefined;
    const index = ordered.findIndex(({ id }) => id === cursor);
    if (index < 0) throw invalidParameter(name, `${name}_invalid`);
    return index;
  };
  const [before, after] = [place('before'), place('after')];
  const start = after === undefined ? Math.max(0, (before ?? 0) - limit) : after + 1;
  const data = ordered.slice(start, Math.min(before ?? ordered.length, start + limit));
  return {
    status: 200,
    body: {
      object: 'list',
      data,
      list_metadata: {
        before: start > 0 ? (data[0]?.id ?? null) : null,
        after: start + data.length < ordered.length ? (data.at(-1)?.id ?? null) : null,
      },
    },
  };
}

/** The values of a parameter that takes several: parted by commas, repeated, or as `name[]`; none where it is absent. */
export function readNames(query: URLSearchParams, name: string): string[] {
  const texts = [...query.getAll(name), ...query.getAll(`${name}[]`)];
  return texts.flatMap(text => text.split(',')).filter(text => text !== '');
}

function readLimit(query: URLSearchParams): number {
  const text = query.get('limit');
  if (text === null) return usualLimit;
  const limit = /^\d{1,9}$/.test(text) ? Number(text) : 0;
  if (limit < 1 || limit > greatestLimit) throw invalidParameter('limit', 'limit_invalid');
  return limit;
}
