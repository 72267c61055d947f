import { volume } from '../core/resources/volume.ts';
import { resourceGroup } from './resource-group.ts';

export const group = resourceGroup(volume);
