import type { Operation } from '../operation.ts';
import { operation } from './collection.ts';

const offer = (path: string, permission = 'catalog:read') => [
  operation('GET', path, permission),
  operation('GET', `${path}/{id}`, permission),
];

/** What Hetzner offers, and the actions of everything. */
export const catalogue: readonly Operation[] = [
  operation('GET', 'actions', 'actions:read'),
  operation('GET', 'actions/{id}', 'actions:read'),
  ...offer('datacenters'),
  ...offer('locations'),
  ...offer('server_types'),
  ...offer('load_balancer_types'),
  ...offer('storage_box_types'),
  operation('GET', 'pricing', 'catalog:read'),
  // Some are private, and belong to somebody, like images.
  ...offer('isos', 'isos:read'),
];
