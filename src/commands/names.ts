import { collect } from '../core/api.ts';
import type { Item, Names, Resource } from '../core/resource.ts';
import { identities, type ResourceName } from '../core/resources/identities.ts';
import type { Session } from './session.ts';

/** Names for the ids in the columns that are shown; a resource is asked for only when some row refers to it. */
export async function loadNames(
  session: Session,
  resource: Resource,
  items: readonly Item[],
  shown: readonly string[],
): Promise<Names> {
  const wanted = new Set<ResourceName>();
  for (const column of shown) {
    const other = resource.lookups?.[column];
    if (other !== undefined && !wanted.has(other) && refersTo(resource, column, items)) wanted.add(other);
  }
  if (wanted.size === 0) return (_, id) => String(id);
  const entries = await Promise.all(
    [...wanted].map(async name => {
      const api = await session.api(identities[name].of);
      const rows = await collect<Item>(api.list(identities[name].path));
      return [name, new Map(rows.map(row => [row.id, String(row.name ?? row.id)]))] as const;
    }),
  );
  const known = new Map(entries);
  return (name, id) => known.get(name)?.get(id) ?? String(id);
}

function refersTo(resource: Resource, column: string, items: readonly Item[]): boolean {
  let asked = false;
  const spy: Names = (_, id) => {
    asked = true;
    return String(id);
  };
  for (const item of items) {
    resource.columns[column]!(item, spy);
    if (asked) return true;
  }
  return false;
}
