import type { Architecture, Deprecation, Labels, Open } from './base.ts';

/** What a server is started from; sizes in GB; `name` is null for snapshots and backups. */
export interface Image {
  id: number;
  type: Open<'system' | 'app' | 'snapshot' | 'backup'>;
  status: Open<'available' | 'creating' | 'unavailable'>;
  name: string | null;
  description: string;
  image_size: number | null;
  disk_size: number;
  created: string;
  created_from: { id: number; name: string } | null;
  bound_to: number | null;
  os_flavor: string;
  os_version: string | null;
  rapid_deploy?: boolean;
  protection: { delete: boolean };
  deprecated?: string | null;
  deprecation?: Deprecation | null;
  deleted: string | null;
  labels: Labels;
  architecture: Architecture;
}

/** A medium that can be put into a server's drive; architecture null fits every server. */
export interface Iso {
  id: number;
  name: string | null;
  description: string;
  type: Open<'public' | 'private'> | null;
  deprecation: Deprecation | null;
  architecture: Architecture | null;
}
