import { channel } from '../core/resources/channel.ts';
import { resourceGroup } from './resource-group.ts';

/** Channels of the daemon. */
export const group = resourceGroup(channel);
