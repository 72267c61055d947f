import { sshKey } from '../core/resources/ssh-key.ts';
import { resourceGroup } from './resource-group.ts';

export const group = resourceGroup(sshKey);
