import { channel } from '../core/resources/channel.ts';
import { delivery } from '../core/resources/delivery.ts';
import { resourceGroup } from './resource-group.ts';

/** Channels of the daemon, and what is on its way by them. */
export const groups = { channel: resourceGroup(channel), delivery: resourceGroup(delivery) };
