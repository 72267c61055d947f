import type { Labels, Open } from './base.ts';

/** A place where servers stand; `network_zone` groups places that share private networks. */
export interface Location {
  id: number;
  name: string;
  description: string;
  country: string;
  city: string;
  latitude: number;
  longitude: number;
  network_zone: string;
}

/** Servers that must stand on different hosts. */
export interface PlacementGroup {
  id: number;
  name: string;
  labels: Labels;
  type: Open<'spread'>;
  created: string;
  servers: number[];
}
