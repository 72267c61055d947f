import type { Query } from '../../core/api.ts';
import { Failure } from '../../core/failure.ts';

/** What a path typed for `cloudctl api` means: `/v1/servers?name=a` is `servers` with a query; throws `usage` for whole URLs and paths that lead elsewhere. */
export function parsePath(typed: string): { path: string; query: Query } {
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(typed) || typed.startsWith('//')) {
    throw new Failure('usage', `${typed} is a whole URL`, {
      hint: 'Give a path such as servers; the host is that of the context, or --endpoint',
    });
  }
  const at = typed.indexOf('?');
  const bare = at < 0 ? typed : typed.slice(0, at);
  const path = bare.replace(/^\/*(v1\/)?/, '').replace(/\/+$/, '');
  if (path === '' || !/^[\w%.~!$&'()*+,;=:@/-]+$/.test(path) || isClimbing(path)) {
    throw new Failure('usage', `'${typed}' is not a path of the API`, {
      hint: 'Such as servers, or servers/42/actions',
    });
  }
  const query: Record<string, string[]> = {};
  for (const [key, value] of new URLSearchParams(at < 0 ? '' : typed.slice(at + 1))) {
    query[key] = [...(query[key] ?? []), value];
  }
  return { path, query };
}

function isClimbing(path: string): boolean {
  return path.split('/').some(part => /^(\.|%2e){1,2}$/i.test(part) || part === '');
}
