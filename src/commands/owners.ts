import { approval } from '../core/resources/approval.ts';
import { owner } from '../core/resources/owner.ts';
import { quota } from '../core/resources/quota.ts';
import type { Command } from './command.ts';
import { resourceGroup, verbCommand } from './resource-group.ts';

/** A verb of quotas that people look for under another name too. */
function alsoCalled(alias: string, name: string): Command {
  const description = `\`cloudctl quota ${alias}\` is the same.`;
  return { ...verbCommand(quota, name, quota.verbs[name]!), aliases: [alias], description };
}

/** What belongs to whom, how much of it there may be, and what takes a second person. */
export const groups = {
  owner: resourceGroup(owner),
  quota: resourceGroup(quota, [alsoCalled('show', 'describe'), alsoCalled('unset', 'delete')]),
  approval: resourceGroup(approval),
};
