export type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';

export type QueryValue = string | number | boolean | readonly (string | number)[] | undefined;
export type Query = Readonly<Record<string, QueryValue>>;

/** Work that goes on at Hetzner after a call has been answered. */
export interface Action {
  readonly id: number;
  readonly command: string;
  readonly status: 'running' | 'success' | 'error' | (string & {});
  /** 0 to 100. */
  readonly progress: number;
  readonly started: string;
  readonly finished: string | null;
  readonly resources: readonly { readonly id: number; readonly type: string }[];
  readonly error: { readonly code: string; readonly message: string } | null;
}

/** How a long list is read. */
export interface Reading<T, K = T> {
  /** Has less of each row held, the id at least. */
  readonly keep?: (row: T) => K;
  /** How many rows there were the last time: as many pages are asked for at once, before the first one tells. */
  readonly expect?: number;
}

/** A server of resources: Hetzner's, the daemon's over HTTP, or within the daemon the store itself. Paths have no leading slash: `servers/42`. */
export interface Api {
  /** Every row of every page, in order, each id once; a list that is cut short throws and is never taken as whole. */
  list<T, K = T>(path: string, query?: Query, reading?: Reading<T, K>): AsyncIterable<K>;
  /** One call; the answer's body as it came (undefined when it has none). Retries as the error code allows. */
  send<T>(method: Method, path: string, body?: unknown, query?: Query): Promise<T>;
  /** Resolves when all have ended in success. When some failed it throws after all ended: the Failure's `details` is the list of failed actions. */
  wait(actions: readonly Action[], onProgress?: (action: Action) => void): Promise<void>;
}

/** A block of a stream of server-sent events, as it came. */
export interface SentEvent {
  readonly id?: string;
  readonly event?: string;
  readonly data?: string;
}

/** Who hears a stream, and from where. */
export interface Hearing {
  /** The id that it goes on after. */
  readonly after?: string;
  readonly hear: (event: SentEvent) => void;
  readonly signal: AbortSignal;
}

/** An API that also tells what happens, as the daemon's does. */
export interface TellingApi extends Api {
  /** Hears the events at a path for as long as they come: resolves when the other side ends it, rejects when it breaks or the signal comes. Nothing is tried again. */
  listen(path: string, query: Query, hearing: Hearing): Promise<void>;
}

/** All rows of a list in memory. */
export async function collect<T>(rows: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const row of rows) all.push(row);
  return all;
}
