import type { Principal } from '../../core/access/principal.ts';
import type { Store } from '../../core/store/store.ts';
import { template } from '../../core/store/template.ts';

const none: ReadonlyMap<string, readonly string[]> = new Map();

/** What permits let somebody do in a project: permissions by `servers/12`. */
export async function readPermits(
  store: Store,
  { user, permits: count }: Principal,
  project: number,
): Promise<ReadonlyMap<string, readonly string[]>> {
  if (user === undefined || count === 0) return none;
  const rows = await ofUser(store, { user, project }).rows();
  if (rows.length === 0) return none;
  const permits = new Map<string, string[]>();
  for (const { type, resource_id, permission } of rows) {
    const key = `${type}/${resource_id}`;
    permits.set(key, [...(permits.get(key) ?? []), permission]);
  }
  return permits;
}

/** Asked at every request. */
const ofUser = template((db, { user, project }: { readonly user: number; readonly project: number }) =>
  db
    .selectFrom('permits')
    .select(['type', 'resource_id', 'permission'])
    .where('user_id', '=', user)
    .where('project_id', '=', project)
    .orderBy('id'),
);
