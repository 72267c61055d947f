import { reply, replyAction } from '../collection.ts';
import { isProtected } from '../problem.ts';
import type { Call, Reply } from '../route.ts';
import type { ServerRow, State } from '../state.ts';
import { dropTarget } from './firewall-targets.ts';
import { actOn, freeServer } from './server-deed.ts';

/** DELETE /servers/{id}: the server goes with its backups and the IPs that are marked so; volumes and snapshots stay. */
export function deleteServer({ state, id }: Call): Reply {
  const row = freeServer(state, id);
  if (row.protection.delete) throw isProtected('server', 'deletion');
  const action = actOn(state, row, {
    command: 'delete_server',
    ms: 2000,
    during: 'deleting',
    effect: () => remove(state, row),
  });
  return reply(200, replyAction(state, action).body);
}

function remove(state: State, row: ServerRow): void {
  state.servers.delete(row.id);
  for (const id of row.volumes) {
    const volume = state.volumes.get(id);
    if (volume) volume.server = null;
  }
  for (const ip of [...state.primary_ips.values()].filter(ip => ip.assignee_id === row.id)) {
    ip.assignee_id = null;
    if (ip.auto_delete) state.primary_ips.delete(ip.id);
  }
  for (const ip of state.floating_ips.values()) if (ip.server === row.id) ip.server = null;
  for (const image of [...state.images.values()].filter(image => image.bound_to === row.id)) {
    state.images.delete(image.id);
  }
  for (const network of state.networks.values()) network.servers = network.servers.filter(id => id !== row.id);
  for (const group of state.placement_groups.values()) group.servers = group.servers.filter(id => id !== row.id);
  for (const firewall of state.firewalls.values()) dropTarget(firewall, row.id);
}
