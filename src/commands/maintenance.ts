import { maintenance } from '../core/resources/maintenance.ts';
import { resourceGroup } from './resource-group.ts';

/** Times in which checks are worked on. */
export const group = resourceGroup(maintenance);
