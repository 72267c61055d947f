import type { Architecture, Deprecation, Open } from './base.ts';
import type { LocationPrice } from './price.ts';

/** A server type's standing at one location: withdrawn, recommended, in stock. */
export interface ServerTypeLocation {
  id: number;
  name: string;
  deprecation: Deprecation | null;
  recommended: boolean;
  available: boolean;
}

/** A size of server; memory and disk in GB. */
export interface ServerType {
  id: number;
  name: string;
  description: string;
  category?: string;
  cores: number;
  memory: number;
  disk: number;
  deprecated?: boolean;
  deprecation?: Deprecation | null;
  prices: LocationPrice[];
  storage_type: Open<'local' | 'network'>;
  cpu_type: Open<'shared' | 'dedicated'>;
  architecture: Architecture;
  locations?: ServerTypeLocation[];
}
