import { image } from '../core/resources/image.ts';
import { resourceGroup } from './resource-group.ts';

export const group = resourceGroup(image);
