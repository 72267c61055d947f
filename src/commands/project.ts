import { project } from '../core/resources/project.ts';
import { resourceGroup } from './resource-group.ts';

/** Projects of Hetzner that the daemon stands before. */
export const group = resourceGroup(project);
