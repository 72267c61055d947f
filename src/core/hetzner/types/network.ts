import type { Labels, Open } from './base.ts';

/** Part of a network in one zone. */
export interface Subnet {
  type: Open<'cloud' | 'server' | 'vswitch'>;
  ip_range?: string;
  network_zone: string;
  gateway: string;
  vswitch_id?: number | null;
}

/** Where packets for a destination are sent within a network. */
export interface NetworkRoute {
  destination: string;
  gateway: string;
}

/** A private network. */
export interface Network {
  id: number;
  name: string;
  ip_range: string;
  subnets: Subnet[];
  routes: NetworkRoute[];
  servers: number[];
  load_balancers?: number[];
  protection: { delete: boolean };
  labels: Labels;
  created: string;
  expose_routes_to_vswitch: boolean;
}
