import type { Labels, Open } from './base.ts';
import type { Location } from './place.ts';

/** Block storage; size in GB. */
export interface Volume {
  id: number;
  name: string;
  created: string;
  server: number | null;
  location: Location;
  size: number;
  linux_device: string;
  protection: { delete: boolean };
  labels: Labels;
  status: Open<'available' | 'creating'>;
  format: string | null;
}
