import { setMaxListeners } from 'node:events';
import type { Query, Reading } from '../api.ts';
import { Failure } from '../failure.ts';
import type { Send } from './call.ts';
import { countRows, identifier, isLast, isWhole, keepOfRows, merge, type Page, readPage, rowsOf } from './page.ts';

type Fetch<T> = (page: number) => Promise<Page<T>>;

const perPage = 50;
const atOnce = 20;
// Beyond as many pages memory counts for more than some milliseconds.
const many = 50;
// After so many pages V8's space for new objects has the size that serves a list best.
const warm = 8;

/** Every row of every page, each id once. Beyond the pages that are expected, the rest is fetched only when the first page is used up, and read again when rows moved meanwhile. */
export async function* readPages<T, K = T>(
  send: Send,
  path: string,
  query: Query = {},
  { keep, expect = 0, signal }: Reading<T, K> & { readonly signal?: AbortSignal } = {},
): AsyncGenerator<K> {
  const stop = new AbortController();
  // Every page under way listens to it.
  setMaxListeners(0, stop.signal);
  const follow = () => stop.abort(signal?.reason);
  if (signal?.aborted) follow();
  signal?.addEventListener('abort', follow);
  const fetch: Fetch<K> = async page => {
    const asked = { per_page: perPage, ...query, page };
    const less = keep && { keep: keepOfRows(path, keep) };
    const answer = await send({ method: 'GET', path, query: asked, signal: stop.signal, ...less });
    return readPage(path, page, answer.body);
  };
  const seen = new Set<unknown>();
  const identify = identifier(path);
  const unseen = (row: K) => {
    const id = identify(row);
    if (id === undefined) return true;
    return !seen.has(id) && seen.add(id);
  };
  try {
    const begun = fetch(1);
    const early = begin(fetch, Math.ceil(expect / perPage));
    const first = await begun;
    yield* first.rows.filter(unseen);
    if (isLast(first) && isWhole([first], identify)) return;
    // Rows that a delete shifted to the first page come where they belong: right after those it had.
    yield* (await readRest(fetch, first, path, early)).filter(unseen);
  } finally {
    signal?.removeEventListener('abort', follow);
    stop.abort();
  }
}

/** Asks for the pages from the second to the last that is expected, as many as are read at once; what it returns gives those, and asks for others. */
function begin<T>(fetch: Fetch<T>, last: number): Fetch<T> {
  const begun = new Map<number, Promise<Page<T>>>();
  for (let page = 2; page <= Math.min(last, atOnce); page += 1) {
    const answer = fetch(page);
    // Where the list has become shorter nobody waits for it.
    answer.catch(() => {});
    begun.set(page, answer);
  }
  return page => begun.get(page) ?? fetch(page);
}

/** The rows of all pages, or where rows moved while they were read, of a second or third reading too. */
async function readRest<T>(fetch: Fetch<T>, first: Page<T>, path: string, early: Fetch<T>): Promise<readonly T[]> {
  const identify = identifier(path);
  const rest = [first, ...(isLast(first) ? [] : await readFrom(early, first, 2))];
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
  const pages: Page<T>[] = [];
  const left = numbers.entries();
  const work = async () => {
    for (const [index, number] of left) {
      if (index === warm && numbers.length > many) await spareMemory();
      pages[index] = await fetch(number);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return pages;
}

/** Has V8 leave the space for new objects as small as it is: of a long list it would grow to 48 MB, all of it garbage. */
async function spareMemory(): Promise<void> {
  const { setFlagsFromString } = await import('node:v8');
  setFlagsFromString('--semi-space-growth-factor=1');
}
