import { setMaxListeners } from 'node:events';
import type { Query } from '../api.ts';
import { Failure } from '../failure.ts';
import type { Send } from './call.ts';
import { countRows, identifier, isLast, isWhole, merge, type Page, readPage, rowsOf } from './page.ts';

type Fetch<T> = (page: number) => Promise<Page<T>>;

const perPage = 50;
const atOnce = 20;
// Beyond as many pages memory counts for more than some milliseconds.
const many = 50;

interface Reading<T, K> {
  /** Has less of each row held, the id at least. */
  readonly keep?: (row: T) => K;
  readonly signal?: AbortSignal;
}

/** Every row of every page, each id once. The rest is fetched only when the first page is used up, and read again when rows moved meanwhile. */
export async function* readPages<T, K = T>(
  send: Send,
  path: string,
  query: Query = {},
  { keep, signal }: Reading<T, K> = {},
): AsyncGenerator<K> {
  const stop = new AbortController();
  // Every page under way listens to it.
  setMaxListeners(0, stop.signal);
  const follow = () => stop.abort(signal?.reason);
  if (signal?.aborted) follow();
  signal?.addEventListener('abort', follow);
  const fetch: Fetch<K> = async page => {
    const call = { method: 'GET', path, query: { per_page: perPage, ...query, page }, signal: stop.signal } as const;
    return readPage(path, page, (await send(call)).body, keep);
  };
  const seen = new Set<unknown>();
  const identify = identifier(path);
  const unseen = (row: K) => {
    const id = identify(row);
    if (id === undefined) return true;
    return !seen.has(id) && seen.add(id);
  };
  try {
    const first = await fetch(1);
    yield* first.rows.filter(unseen);
    if (isLast(first) && isWhole([first], identify)) return;
    // Rows that a delete shifted to the first page come where they belong: right after those it had.
    yield* (await readRest(fetch, first, path)).filter(unseen);
  } finally {
    signal?.removeEventListener('abort', follow);
    stop.abort();
  }
}

/** The rows of all pages, or where rows moved while they were read, of a second or third reading too. */
async function readRest<T>(fetch: Fetch<T>, first: Page<T>, path: string): Promise<readonly T[]> {
  const identify = identifier(path);
  const rest = [first, ...(isLast(first) ? [] : await readFrom(fetch, first, 2))];
  if (isWhole(rest, identify)) return rowsOf(rest);
  const again = await fetch(1);
  const second = [again, ...(isLast(again) ? [] : await readFrom(fetch, again, 2))];
  if (isWhole(second, identify)) return rowsOf(second);
  // From the end to the beginning nothing slips through: a delete moves rows to pages that are still to be read.
  const third: Page<T>[] = [];
  for (let page = second.at(-1)!.pagination.page; page >= 1; page -= 1) third.unshift(await fetch(page));
  const least = Math.min(...third.map(page => page.pagination.total_entries ?? 0));
  const count = countRows(third, identify);
  if (count >= least) return merge(merge(rowsOf(third), rowsOf(second), identify), rowsOf(rest), identify);
  throw new Failure('conflict', `${path}: ${count} of ${least} rows came, the list is not whole`, {
    hint: 'Try again',
  });
}

async function readFrom<T>(fetch: Fetch<T>, before: Page<T>, from: number): Promise<Page<T>[]> {
  const last = before.pagination.last_page ?? from;
  const numbers = Array.from({ length: Math.max(0, last - from + 1) }, (_, index) => from + index);
  const pages = await inParallel(numbers, fetch);
  const end = pages.at(-1);
  // The list has grown, or does not tell its length.
  if (end && !isLast(end))
    return [...pages, ...(await readFrom(fetch, { ...end, pagination: { page: last } }, last + 1))];
  return pages;
}

/** The results in the order of the numbers, a few at a time. */
async function inParallel<T>(numbers: readonly number[], fetch: Fetch<T>): Promise<Page<T>[]> {
  if (numbers.length > many) await spareMemory();
  const pages: Page<T>[] = [];
  const left = numbers.entries();
  const work = async () => {
    for (const [index, number] of left) pages[index] = await fetch(number);
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return pages;
}

/** Has V8 leave the space for new objects as small as it is: of a long list it would grow to 32 MB, all of it garbage. */
async function spareMemory(): Promise<void> {
  const { setFlagsFromString } = await import('node:v8');
  setFlagsFromString('--semi-space-growth-factor=1');
}
