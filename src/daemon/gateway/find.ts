import type { Item } from '../../core/resource.ts';
import { type Ask, askerOf, notFound } from './ask.ts';
import { keyOfItem } from './collections.ts';

/** The resource that a request's path names, by its id or for zones by its name, as Hetzner has it; throws `not_found` when it is not there or the caller may not see it. `fresh` reads it anew. */
export async function findTarget(ask: Ask, fresh = ask.fresh): Promise<Item> {
  const { type, id = '' } = ask.match;
  const { reader } = ask.upstream;
  // What is not there is asked for each time: an answer out of memory would come quicker, and tell that it is.
  const isAnew = fresh || ask.view.isHidden(type, Number(id));
  const path = `${type}/${encodeURIComponent(id)}`;
  const { status, body } = await reader.get(path, askerOf(ask, 'read'), { fresh: isAnew });
  const item = status === 200 ? (body as Record<string, Item | undefined>)[keyOfItem(type)] : undefined;
  if (!item || !ask.view.sees(type, item)) throw notFound(keyOfItem(type).replaceAll('_', ' '));
  return item;
}

/** The path of a request with the id of its target in place of a name, which may be another's by the time that it is sent. */
export function byId(path: string, { id }: Item): string {
  const [type, , ...rest] = path.split('/');
  return [type, id, ...rest].join('/');
}

/** A resource that a body refers to, by id or by name, of those that the caller may refer to; undefined when there is none. */
export async function findReferred(
  ask: Ask,
  type: string,
  given: string | number,
  may: (item: Item) => boolean,
): Promise<Item | undefined> {
  const { items, byId } = await ask.upstream.reader.all(type, askerOf(ask, 'read'), { fresh: ask.fresh });
  const id = typeof given === 'number' || /^\d{1,15}$/.test(given) ? Number(given) : undefined;
  const one = id === undefined ? undefined : byId.get(id);
  if (one && may(one)) return one;
  return items.find(item => item.name === given && may(item));
}
