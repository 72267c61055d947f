import type { Clock, HttpRequest, HttpResponse, Transport } from '../../../../src/core/world.ts';
import { createLimiter } from '../../../../src/sandbox/limiter.ts';

/** A Hetzner in memory with collections of so many items and a bucket of requests, and what was asked of it. */
export function fakeProject(
  clock: Pick<Clock, 'now'>,
  { limit = 3600, sizes = {} }: { limit?: number; sizes?: Readonly<Record<string, number>> } = {},
) {
  const limiter = createLimiter(limit, clock.now());
  const seen: { readonly at: number; readonly line: string; readonly token: string }[] = [];
  let refused = 0;
  let held: Promise<void> | undefined;
  let answerAs: ((request: HttpRequest) => Partial<HttpResponse> | undefined) | undefined;

  const http: Transport = async request => {
    const { method, url, headers } = request;
    const path = url.pathname.replace('/v1/', '');
    const isAllowed = limiter.take(clock.now());
    seen.push({ at: clock.now(), line: `${method} ${path}${url.search}`, token: headers.authorization ?? '' });
    const told = lower(limiter.headers(clock.now()));
    await held;
    request.signal?.throwIfAborted();
    if (!isAllowed) {
      refused += 1;
      return { status: 429, headers: told, body: '{"error":{"code":"rate_limit_exceeded","message":"too many"}}' };
    }
    const other = answerAs?.(request);
    if (other) return { status: 200, body: '{}', ...other, headers: { ...told, ...other.headers } };
    return { status: 200, headers: told, body: JSON.stringify(pageOf(path, sizes[path] ?? 0, url.searchParams)) };
  };

  return {
    http,
    seen,
    lines: () => seen.map(({ line }) => line),
    refused: () => refused,
    /** Answers come from now on when `release` is called. */
    hold(): { release(): void } {
      let release = () => {};
      held = new Promise(resolve => {
        release = () => {
          held = undefined;
          resolve();
        };
      });
      return { release: () => release() };
    },
    /** What to answer in place of a list, where it gives something. */
    answer(as: typeof answerAs): void {
      answerAs = as;
    },
  };
}

function pageOf(key: string, size: number, query: URLSearchParams): unknown {
  const [page, perPage] = [Number(query.get('page') ?? 1), Number(query.get('per_page') ?? 25)];
  const last = Math.max(1, Math.ceil(size / perPage));
  const length = Math.max(0, Math.min(perPage, size - (page - 1) * perPage));
  const items = Array.from({ length }, (_, index) => ({ id: (page - 1) * perPage + index + 1 }));
  const next = page < last ? page + 1 : null;
  const pagination = { page, per_page: perPage, last_page: last, next_page: next, total_entries: size };
  return { [key]: items, meta: { pagination } };
}

function lower(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

/** Lets what can go on without the clock go on. */
export async function turnOver(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await new Promise(setImmediate);
}
