import type { Labels, Open } from './base.ts';
import type { Image, Iso } from './image.ts';
import type { DnsPtr } from './ip.ts';
import type { Location, PlacementGroup } from './place.ts';
import type { ServerType } from './server-type.ts';

/** A server's public side; an address family that is switched off is null. */
export interface PublicNet {
  ipv4: { id?: number; ip: string; blocked: boolean; dns_ptr: string } | null;
  ipv6: { id?: number; ip: string; blocked: boolean; dns_ptr: DnsPtr[] | null } | null;
  floating_ips: number[];
  firewalls?: { id: number; status: Open<'applied' | 'pending'> }[];
}

/** A server's place in one private network. */
export interface PrivateNet {
  network: number;
  ip: string;
  alias_ips: string[];
  mac_address: string;
}

/** The words for what a server is doing. */
export type ServerStatus = Open<
  'running' | 'initializing' | 'starting' | 'stopping' | 'off' | 'deleting' | 'migrating' | 'rebuilding' | 'unknown'
>;

/** A server; traffic in bytes of this billing period, disk in GB. */
export interface Server {
  id: number;
  name: string;
  status: ServerStatus;
  created: string;
  public_net: PublicNet;
  private_net: PrivateNet[];
  server_type: ServerType;
  location: Location;
  image: Image | null;
  iso: Iso | null;
  rescue_enabled: boolean;
  locked: boolean;
  backup_window: string | null;
  outgoing_traffic: number | null;
  ingoing_traffic: number | null;
  included_traffic: number | null;
  protection: { delete: boolean; rebuild: boolean };
  labels: Labels;
  volumes?: number[];
  load_balancers?: number[];
  primary_disk_size: number;
  placement_group?: PlacementGroup | null;
}

/** Samples of a server: `[unix seconds, value as a string]` by series name, every `step` seconds. */
export interface Metrics {
  start: string;
  end: string;
  step: number;
  time_series: Record<string, { values: [number, string][] }>;
}
