import type { Labels, Open } from './base.ts';
import type { Location } from './place.ts';

/** The name that an address answers to. */
export interface DnsPtr {
  ip: string;
  dns_ptr: string;
}

/** A public address that belongs to a server's interface; `assignee_type` may be `unassigned`. */
export interface PrimaryIp {
  id: number;
  name: string;
  ip: string;
  type: Open<'ipv4' | 'ipv6'>;
  assignee_id: number | null;
  assignee_type: Open<'server' | 'unassigned'>;
  auto_delete: boolean;
  blocked: boolean;
  created: string;
  dns_ptr: DnsPtr[];
  labels: Labels;
  location: Location;
  protection: { delete: boolean };
}

/** A public address that can be moved between servers. */
export interface FloatingIp {
  id: number;
  name: string;
  description: string | null;
  ip: string;
  type: Open<'ipv4' | 'ipv6'>;
  server: number | null;
  dns_ptr: DnsPtr[];
  home_location: Location;
  blocked: boolean;
  protection: { delete: boolean };
  labels: Labels;
  created: string;
}
