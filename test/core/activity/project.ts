import type { Action, Api, Query } from '../../../src/core/api.ts';
import { Failure } from '../../../src/core/failure.ts';

/** An action on a server, begun that many minutes after eight. */
export function action(id: number, minutes: number, more: Partial<Action> = {}): Action {
  return {
    id,
    command: 'reboot_server',
    status: 'success',
    progress: 100,
    started: new Date(Date.parse('2026-11-23T08:00:00Z') + minutes * 60_000).toISOString(),
    finished: null,
    resources: [{ id: 1, type: 'server' }],
    error: null,
    ...more,
  };
}

/** An API with these lists by path, in pages as Hetzner's; unknown paths are `not_found`. `asked` are the paths with their pages. */
export function project(lists: Readonly<Record<string, readonly object[]>>) {
  const asked: string[] = [];
  const rowsOf = (path: string) => {
    if (!lists[path]) throw new Failure('not_found', `no ${path}`);
    return lists[path];
  };
  const api: Api = {
    async *list<T>(path: string, query: Query = {}) {
      asked.push(path);
      const ids = query.id as readonly number[] | undefined;
      for (const row of rowsOf(path)) if (!ids || ids.includes((row as { id: number }).id)) yield row as T;
    },
    async send<T>(_method: string, path: string, _body?: unknown, query: Query = {}) {
      const { page, per_page } = query as { page: number; per_page: number };
      asked.push(`${path} ${page}`);
      return { actions: rowsOf(path).slice((page - 1) * per_page, page * per_page) } as T;
    },
    wait: async () => {},
  };
  return { api, asked };
}
