import { schedule } from '../../core/resources/schedule.ts';
import { resourceGroup } from '../resource-group.ts';
import { plan } from './plan.ts';

/** Schedules of backups: the regular verbs, and the plan as a table of its images. */
export const group = resourceGroup(schedule, [plan]);
