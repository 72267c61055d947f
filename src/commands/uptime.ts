import { uptime as resource } from '../core/resources/uptime.ts';
import type { Command, Group } from './command.ts';
import { verbCommand } from './resource-group.ts';

const regular = verbCommand(resource, 'list', resource.verbs.list!);

const uptime: Command = {
  ...regular,
  name: 'uptime',
  description: `Reckoned exactly from the times at which a check went up and down, not from how many looks were good.
UPTIME is the part that it was up of the time that it was up or down: what could not be told, maintenance and the time
without a check are shown apart. Months are those of UTC.`,
  get fields() {
    return regular.fields;
  },
  examples: ['cloudctl uptime', 'cloudctl uptime web --month 2026-10', 'cloudctl uptime --month 2026-10 -o csv'],
  exits: [...regular.exits, 'not_found'],
};

/** `cloudctl uptime`: how long each check was up in a month. */
export const group: Group = { name: 'uptime', command: uptime, commands: [] };
