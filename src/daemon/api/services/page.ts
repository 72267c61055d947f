import type { Request } from '../service.ts';

/** What a service that pages by itself needs of a checked query; sorted by id only, newest first unless asked otherwise. */
export function pageOf(query: Request['query']) {
  const page = Number(query.page ?? 1);
  const limit = Number(query.per_page ?? 25);
  const [sort] = ([] as string[]).concat(query.sort ?? []);
  return {
    limit,
    // Beyond it there is nothing, and databases take no larger one.
    offset: Math.min((page - 1) * limit, 2 ** 40),
    ascending: sort === 'id' || sort === 'id:asc',
    name: query.name as string | undefined,
  };
}
