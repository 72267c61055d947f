import type { Api, Method } from './api.ts';

export interface PlannedRequest {
  readonly method: Method;
  readonly path: string;
  readonly body?: unknown;
}

/** The same API for reading; what would change something is only written down, and answered with nothing. */
export function rehearse(api: Api): { api: Api; requests: PlannedRequest[] } {
  const requests: PlannedRequest[] = [];
  const rehearsed: Api = {
    list: (path, query, reading) => api.list(path, query, reading),
    async send<T>(method: Method, path: string, body?: unknown, query?: Parameters<Api['send']>[3]): Promise<T> {
      if (method === 'GET') return api.send<T>(method, path, body, query);
      requests.push(body === undefined ? { method, path } : { method, path, body });
      return undefined as T;
    },
    wait: async () => {},
  };
  return { api: rehearsed, requests };
}
