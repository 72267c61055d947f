import type { State } from './state.ts';

/** One request as a handler sees it; `id` is the number in the path, 0 where there is none. */
export interface Call {
  state: State;
  id: number;
  params: Readonly<Record<string, string>>;
  query: URLSearchParams;
  body: unknown;
  /** Where the request went, without query: for links to other pages. */
  url: string;
}

/** What a handler answers; no body is 204. */
export interface Reply {
  status: number;
  body?: unknown;
  headers?: Record<string, string>;
}

/** Answers one request or throws a Problem. */
export type Handler = (call: Call) => Reply;

/** The verbs of the API. */
export type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';

/** A method and a path below /v1, such as `/servers/{id}`, with what answers it. */
export interface Route {
  method: Method;
  path: string;
  handle: Handler;
}

/** Finds the route for a method and path: the route, or only that the path is known, or nothing. */
export type Finder<R = Route> = (
  method: string,
  path: string,
) => { route: R | undefined; params: Record<string, string> } | undefined;

interface Entry<R> {
  segments: readonly string[];
  methods: Map<string, R>;
}

/** Makes a finder; where two paths fit, the one listed first wins. `{id}` takes digits only. */
export function createFinder<R extends { method: string; path: string }>(routes: readonly R[]): Finder<R> {
  const entries = new Map<string, Entry<R>>();
  for (const route of routes) {
    const entry = entries.get(route.path) ?? { segments: route.path.split('/').slice(1), methods: new Map() };
    entry.methods.set(route.method, route);
    entries.set(route.path, entry);
  }
  const byHead = new Map<string, Entry<R>[]>();
  for (const entry of entries.values()) {
    const head = `${entry.segments[0]}/${entry.segments.length}`;
    byHead.set(head, [...(byHead.get(head) ?? []), entry]);
  }
  return (method, path) => {
    const segments = path.split('/').slice(1);
    for (const entry of byHead.get(`${segments[0]}/${segments.length}`) ?? []) {
      const params = matchSegments(entry.segments, segments);
      if (params) return { route: entry.methods.get(method), params };
    }
    return undefined;
  };
}

function matchSegments(pattern: readonly string[], segments: readonly string[]): Record<string, string> | undefined {
  const params: Record<string, string> = {};
  for (const [index, part] of pattern.entries()) {
    const segment = segments[index]!;
    if (!part.startsWith('{')) {
      if (part !== segment) return undefined;
    } else {
      const name = part.slice(1, -1);
      const isNumber = name === 'id' || name === 'action_id';
      if (isNumber ? !/^\d{1,16}$/.test(segment) : segment === '') return undefined;
      params[name] = segment;
    }
  }
  return params;
}
