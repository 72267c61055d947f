import { approval } from '../core/resources/approval.ts';
import { owner } from '../core/resources/owner.ts';
import { quota } from '../core/resources/quota.ts';
import { resourceGroup } from './resource-group.ts';

/** What belongs to whom, how much of it there may be, and what takes a second person. */
export const groups = {
  owner: resourceGroup(owner),
  quota: resourceGroup(quota),
  approval: resourceGroup(approval),
};
