import type { Api } from '../../core/api.ts';
import { find } from '../../core/find.ts';
import type { Item } from '../../core/resource.ts';
import { identities } from '../../core/resources/identities.ts';

/** A server as far as finding one needs it. */
export const servers = { name: 'server', ...identities.server };

/** The server of that name or id; throws `not_found`. */
export function findServer(api: Api, ref: string): Promise<Item> {
  return find(api, servers, ref);
}
