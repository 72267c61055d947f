import { backup } from '../core/resources/backup.ts';
import { resourceGroup } from './resource-group.ts';

/** Backups: images that schedules have made. */
export const group = resourceGroup(backup);
