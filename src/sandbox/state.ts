import type {
  Action,
  Firewall,
  FloatingIp,
  Image,
  Iso,
  Location,
  Network,
  PlacementGroup,
  PrimaryIp,
  PrivateNet,
  Server,
  ServerType,
  SshKey,
  Volume,
} from '../core/hetzner/types.ts';
import { createImages } from './catalogue/images.ts';
import { createIsos } from './catalogue/isos.ts';
import { locations } from './catalogue/locations.ts';
import { createServerTypes } from './catalogue/server-types.ts';

/** A server as kept: what can be derived from other resources is left out. */
export interface ServerRow
  extends Pick<Server, 'id' | 'name' | 'status' | 'created' | 'server_type' | 'location' | 'backup_window' | 'labels'> {
  protection: { delete: boolean; rebuild: boolean };
  primary_disk_size: number;
  image: number | null;
  iso: number | null;
  ipv4: number | null;
  ipv6: number | null;
  private_net: PrivateNet[];
  volumes: number[];
  placement_group: number | null;
  user_data: string | null;
  /** Made with SSH keys, so that it has no password. */
  with_keys: boolean;
  /** The rescue system is on until then (ms), or until the next boot. */
  rescue_until: number | null;
  /** Counts power changes, so that a guest's late shutdown cannot switch off what was started again. */
  power: number;
}

/** An action as kept; times in milliseconds. */
export interface ActionRow extends Pick<Action, 'id' | 'command' | 'resources' | 'error'> {
  status: 'running' | 'success' | 'error';
  begun: number;
  due: number;
}

/** Something that happens by itself at a time. */
export interface Pending {
  due: number;
  run(): void;
}

/** How long deeds take and how much may exist. */
export interface Rules {
  speed: number;
  actionDuration: number | undefined;
  limits: Limits;
}

/** The most that may exist of a resource; absent is no limit. */
export type Limits = Partial<
  Record<'servers' | 'volumes' | 'ssh_keys' | 'snapshots' | 'networks' | 'primary_ips', number>
>;

/** Everything the sandbox knows, and the time in milliseconds up to which it has been played. */
export interface State {
  now: number;
  lastId: number;
  lastAddress: number;
  rules: Rules;
  servers: Map<number, ServerRow>;
  volumes: Map<number, Volume>;
  ssh_keys: Map<number, SshKey>;
  images: Map<number, Image>;
  networks: Map<number, Network>;
  firewalls: Map<number, Firewall>;
  placement_groups: Map<number, PlacementGroup>;
  primary_ips: Map<number, PrimaryIp>;
  floating_ips: Map<number, FloatingIp>;
  locations: Map<number, Location>;
  server_types: Map<number, ServerType>;
  isos: Map<number, Iso>;
  actions: Map<number, ActionRow>;
  pending: Pending[];
  /** Running actions by resource, `server:100000001`. */
  locks: Map<string, number>;
  /** Set while one request is handled: its first action is to fail with this error. */
  failing: { code: string; message: string } | undefined;
}

/** An empty project with the catalogue in it; `now` in milliseconds. */
export function createState(now: number, rules: Rules): State {
  return {
    now,
    lastId: 100_000_000,
    lastAddress: 0,
    rules,
    servers: new Map(),
    volumes: new Map(),
    ssh_keys: new Map(),
    images: byId(createImages()),
    networks: new Map(),
    firewalls: new Map(),
    placement_groups: new Map(),
    primary_ips: new Map(),
    floating_ips: new Map(),
    locations: byId(locations),
    server_types: byId(createServerTypes()),
    isos: byId(createIsos()),
    actions: new Map(),
    pending: [],
    locks: new Map(),
    failing: undefined,
  };
}

/** The next id; ids are unique over all resources, so that a mixed-up one is never found by accident. */
export function nextId(state: State): number {
  state.lastId += 1;
  return state.lastId;
}

/** A time in milliseconds as the API writes it. */
export function stamp(ms: number): string {
  return new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z');
}

/** Sets whether a server type can be had at a location; says whether the pair exists. */
export function setStock(state: State, serverType: string, location: string, available: boolean): boolean {
  const type = [...state.server_types.values()].find(type => type.name === serverType);
  const place = type?.locations?.find(place => place.name === location);
  if (place) place.available = available;
  return place !== undefined;
}

function byId<T extends { id: number }>(rows: readonly T[]): Map<number, T> {
  return new Map(rows.map(row => [row.id, row]));
}
