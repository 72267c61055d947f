import type { Location, ServerType } from '../../core/hetzner/types.ts';
import { on, requireUnlocked, startAction, viewAction } from '../actions.ts';
import { reply, requireRoom, requireUnique } from '../collection.ts';
import { type Input, readInput } from '../input.ts';
import { makePassword } from '../passwords.ts';
import { Problem, refused } from '../problem.ts';
import type { Call, Reply } from '../route.ts';
import { type ActionRow, nextId, type ServerRow, type State, stamp } from '../state.ts';
import { lookUpField, lookUpImage, requireStock } from './lookup.ts';
import { joinNetwork, networkHasRoom } from './network-members.ts';
import { requireGroupRoom } from './placement-groups.ts';
import { makePrimaryIp } from './primary-ips.ts';
import { setPower } from './server-deed.ts';
import { hostName, viewServer } from './server-view.ts';
import { attach } from './volume-attach.ts';

/** The largest cloud-init data, in bytes. */
export const userDataLimit = 32 * 1024;

/** POST /servers: checks everything before it makes anything, then starts `create_server` and what follows it. */
export function createServer({ state, body }: Call): Reply {
  const input = readInput(body);
  const name = input.text('name', { required: true, pattern: hostName });
  const type = lookUpField(
    input,
    'server_type',
    state.server_types,
    input.reference('server_type', { required: true }),
  );
  const image = lookUpImage(state, input, input.reference('image', { required: true }), type?.architecture);
  const place = lookUpField(input, 'location', state.locations, input.reference('location'));
  const userData = readUserData(input);
  const labels = input.labels() ?? {};
  const start = input.flag('start_after_create') ?? true;
  const keys = input.references('ssh_keys').map(key => lookUpField(input, 'ssh_keys', state.ssh_keys, key));
  const group = lookUpField(input, 'placement_group', state.placement_groups, input.reference('placement_group'));
  const volumes = known(input, 'volumes', state.volumes);
  const networks = known(input, 'networks', state.networks);
  const firewalls = input
    .objects('firewalls')
    .map(entry => lookUpField(input, 'firewalls', state.firewalls, String(entry.firewall)));
  input.flag('automount');
  const net = readPublicNet(input, state);
  if (type && image && image.disk_size > type.disk) {
    input.complain('image', `image disk is bigger than the disk of server type ${type.name}`);
  }
  input.done();

  const location = place ?? volumes[0]?.location ?? pickLocation(state, type!);
  requireUnique('server', state.servers.values(), name);
  requireRoom(state, 'servers', state.servers.size);
  requireStock(type!, location);
  for (const volume of volumes) {
    if (volume.server !== null) throw refused('volume_already_attached', 'volume is already attached to a server');
    if (volume.location.id !== location.id) input.complain('volumes', 'volume is in another location than the server');
    requireUnlocked(state, 'volume', volume.id);
  }
  for (const network of networks) networkHasRoom(network, location);
  if (group) requireGroupRoom(group);
  for (const ip of [net.ipv4, net.ipv6]) if (ip) requireFreeIp(state, ip, location);
  if (start && !net.enable_ipv4 && !net.enable_ipv6 && networks.length === 0) {
    input.complain('public_net', 'a server without public IPs and networks cannot be started');
  }
  input.done();

  const row: ServerRow = {
    id: nextId(state),
    name,
    status: 'initializing',
    created: stamp(state.now),
    server_type: type!,
    location,
    backup_window: null,
    labels,
    protection: { delete: false, rebuild: false },
    primary_disk_size: type!.disk,
    image: image!.id,
    iso: null,
    ipv4: null,
    ipv6: null,
    private_net: [],
    volumes: [],
    placement_group: group?.id ?? null,
    user_data: userData ?? null,
    with_keys: keys.length > 0,
    rescue_until: null,
    power: 0,
  };
  state.servers.set(row.id, row);
  for (const type of ['ipv4', 'ipv6'] as const) if (net[`enable_${type}`]) givePrimaryIp(state, row, type, net[type]);
  group?.servers.push(row.id);
  for (const firewall of firewalls) firewall?.applied_to.push({ type: 'server', server: { id: row.id } });
  const rootPassword = row.with_keys ? null : makePassword(state);

  const action = startAction(state, {
    command: 'create_server',
    resources: [on('server', row.id)],
    ms: 3000,
    effect: () => setPower(row, start ? 'starting' : 'off'),
    undo: () => setPower(row, 'off'),
  });
  const next: ActionRow[] = [];
  for (const network of networks) next.push(joinNetwork(state, row, network, {}, action));
  for (const volume of volumes) next.push(attach(state, volume, row, action));
  if (start) {
    next.push(
      startAction(state, {
        command: 'start_server',
        resources: [on('server', row.id)],
        ms: 1000,
        after: next.at(-1) ?? action,
        effect: () => setPower(row, 'running'),
        undo: () => setPower(row, 'off'),
      }),
    );
  }
  return reply(201, {
    server: viewServer(state, row),
    action: viewAction(state, action),
    next_actions: next.map(row => viewAction(state, row)),
    root_password: rootPassword,
  });
}

/** Reads cloud-init data; complains when there is too much of it. */
export function readUserData(input: Input): string | undefined {
  const text = input.text('user_data');
  if (text !== undefined && Buffer.byteLength(text) > userDataLimit) {
    input.complain('user_data', 'must be at most 32 KiB');
  }
  return text;
}

function known<Row>(input: Input, field: string, rows: Map<number, Row>): Row[] {
  return input.integers(field).flatMap(id => {
    const row = rows.get(id);
    if (!row) input.complain(field, `${field.replace(/s$/, '')} with ID '${id}' not found`);
    return row ? [row] : [];
  });
}

interface WantedNet {
  enable_ipv4: boolean;
  enable_ipv6: boolean;
  ipv4: number | undefined;
  ipv6: number | undefined;
}

function readPublicNet(input: Input, state: State): WantedNet {
  const wanted: WantedNet = { enable_ipv4: true, enable_ipv6: true, ipv4: undefined, ipv6: undefined };
  const given = input.object('public_net');
  if (!given) return wanted;
  for (const type of ['ipv4', 'ipv6'] as const) {
    const [enabled, id] = [given[`enable_${type}`] ?? true, given[type] ?? undefined];
    if (typeof enabled !== 'boolean') input.complain(`public_net.enable_${type}`, 'must be true or false');
    else wanted[`enable_${type}`] = enabled;
    if (id === undefined) continue;
    const ip = typeof id === 'number' ? state.primary_ips.get(id) : undefined;
    if (!ip) input.complain(`public_net.${type}`, `primary IP with ID '${String(id)}' not found`);
    else if (ip.type !== type) throw new Problem(412, 'primary_ip_version_mismatch', `primary IP is not an ${type}`);
    else wanted[type] = ip.id;
  }
  return wanted;
}

function requireFreeIp(state: State, id: number, location: Location): void {
  const ip = state.primary_ips.get(id)!;
  if (ip.assignee_id !== null) throw new Problem(412, 'primary_ip_assigned', 'primary IP is already assigned');
  if (ip.location.id !== location.id) {
    throw new Problem(412, 'primary_ip_datacenter_mismatch', 'primary IP is in another location than the server');
  }
  requireUnlocked(state, 'primary_ip', id);
}

function givePrimaryIp(state: State, row: ServerRow, type: 'ipv4' | 'ipv6', id: number | undefined): void {
  const ip =
    (id !== undefined && state.primary_ips.get(id)) ||
    makePrimaryIp(state, { type, location: row.location, auto_delete: true });
  ip.assignee_id = row.id;
  row[type] = ip.id;
}

/** Where the server goes when the request leaves it open: the first place that has the type. */
function pickLocation(state: State, type: ServerType): Location {
  const place = type.locations?.find(place => place.available) ?? type.locations?.[0];
  return state.locations.get(place?.id ?? 1)!;
}
