import type { PublicNet, Server } from '../../core/hetzner/types.ts';
import { isLocked } from '../actions.ts';
import { type Collection, named } from '../collection.ts';
import { byProperty } from '../list.ts';
import type { ServerRow, State } from '../state.ts';
import { matchesFirewall } from './firewall-targets.ts';

const statuses = [
  'running',
  'initializing',
  'starting',
  'stopping',
  'off',
  'deleting',
  'migrating',
  'rebuilding',
  'unknown',
];

/** A host name as servers may have it. */
export const hostName = /^(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$/i;

/** Servers as a resource. */
export const servers: Collection<ServerRow> = {
  many: 'servers',
  one: 'server',
  rows: state => state.servers,
  view: viewServer,
  list: named(['id', 'name', 'created'], { status: byProperty('status', statuses) }),
};

/** A server as the API shows it, with the resources that belong to it. */
export function viewServer(state: State, row: ServerRow): Server {
  const image = row.image === null ? undefined : state.images.get(row.image);
  const location = row.location.name;
  return {
    id: row.id,
    name: row.name,
    status: row.status,
    created: row.created,
    public_net: viewPublicNet(state, row),
    private_net: row.private_net,
    server_type: row.server_type,
    location: row.location,
    image: image ? image : null,
    iso: (row.iso !== null && state.isos.get(row.iso)) || null,
    rescue_enabled: row.rescue_until !== null && row.rescue_until > state.now,
    locked: isLocked(state, 'server', row.id),
    backup_window: row.backup_window,
    outgoing_traffic: traffic(row, 7919),
    ingoing_traffic: traffic(row, 104_729),
    included_traffic: row.server_type.prices.find(price => price.location === location)?.included_traffic ?? 0,
    protection: row.protection,
    labels: row.labels,
    volumes: row.volumes,
    load_balancers: [],
    primary_disk_size: row.primary_disk_size,
    placement_group: (row.placement_group !== null && state.placement_groups.get(row.placement_group)) || null,
  };
}

function viewPublicNet(state: State, row: ServerRow): PublicNet {
  const ipv4 = row.ipv4 === null ? undefined : state.primary_ips.get(row.ipv4);
  const ipv6 = row.ipv6 === null ? undefined : state.primary_ips.get(row.ipv6);
  const floating = [...state.floating_ips.values()].filter(ip => ip.server === row.id);
  const firewalls = [...state.firewalls.values()].filter(firewall => matchesFirewall(firewall, row));
  return {
    ipv4: ipv4 ? { id: ipv4.id, ip: ipv4.ip, blocked: false, dns_ptr: ipv4.dns_ptr[0]?.dns_ptr ?? '' } : null,
    ipv6: ipv6 ? { id: ipv6.id, ip: ipv6.ip, blocked: false, dns_ptr: ipv6.dns_ptr } : null,
    floating_ips: floating.map(ip => ip.id),
    firewalls: firewalls.map(firewall => ({ id: firewall.id, status: 'applied' })),
  };
}

/** Bytes moved this month: made up, but always the same for a server. */
function traffic(row: ServerRow, factor: number): number {
  return ((row.id * factor) % 1_000_003) * 65_536;
}
