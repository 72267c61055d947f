import type { Api } from '../api.ts';
import type { Item, Outcome, Resource } from '../resource.ts';
import { act } from '../verbs.ts';

/** The outcome of a create, with protection to be enabled once it has ended. */
export function enableProtectionNext(
  api: Api,
  resource: Pick<Resource, 'path' | 'key'>,
  made: Outcome,
  levels: readonly string[],
): Outcome {
  const item = (made.value as Record<string, Item> | undefined)?.[resource.key];
  if (levels.length === 0 || !item) return made;
  const body = Object.fromEntries(levels.map(level => [level, true]));
  return { ...made, next: () => act(api, resource, item, 'change_protection', body) };
}
