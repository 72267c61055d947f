import type { Method, Query } from '../api.ts';

/** One call of the API; the path has no leading slash. */
export interface Call {
  readonly method: Method;
  readonly path: string;
  readonly query?: Query;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** Takes the good answer piece by piece, none of which may be awaited longer than so many milliseconds. */
  readonly pieces?: { readonly take: (text: string) => void; readonly patience: number };
  /** Ends the call with `interrupted`. */
  readonly signal?: AbortSignal;
  /** Clock time in milliseconds after which it is not sent any more: who makes it may not be the one to make it then. */
  readonly sendBy?: number;
  /** What of a good answer's body is held; by default all of it. A body that is held for a moment longer than it is read costs a long list twice its memory and half its time. */
  readonly keep?: (body: unknown) => unknown;
}

/** A good answer; `body` is undefined when there was none. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: unknown;
}

/** Makes a call; rejects with a Failure for every answer that is not good. */
export type Send = (call: Call) => Promise<Answer>;

/** The URL of a call below the endpoint; values of an array are repeated, undefined ones left out. */
export function urlOf(endpoint: URL, { path, query = {} }: Call): URL {
  const url = new URL(endpoint);
  url.pathname = `${endpoint.pathname.replace(/\/+$/, '')}/${path}`;
  for (const [name, value] of Object.entries(query)) {
    for (const one of Array.isArray(value) ? value : [value]) {
      if (one !== undefined) url.searchParams.append(name, String(one));
    }
  }
  return url;
}

/** The value as an object when it is one, else an empty one: for reading bodies whose shape nobody promises. */
export function asObject(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
