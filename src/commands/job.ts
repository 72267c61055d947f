import { job } from '../core/resources/job.ts';
import { resourceGroup } from './resource-group.ts';

/** Jobs of the daemon. */
export const group = resourceGroup(job);
