import { datacenter, iso, location, serverType } from '../core/resources/catalogue.ts';
import type { Command, Group } from './command.ts';
import { resourceGroup } from './resource-group.ts';

const removed = 'Notice: the API has removed datacenters; these are the locations.\n';

/** The command, with the notice that datacenters are gone. */
function noticed(command: Command): Command {
  return {
    ...command,
    run: (session, input) => {
      if (!session.settings.quiet) session.world.err.write(removed);
      return command.run(session, input);
    },
  };
}

const old = resourceGroup(datacenter);

export const groups: Readonly<Record<string, Group>> = {
  'server-type': resourceGroup(serverType),
  location: resourceGroup(location),
  iso: resourceGroup(iso),
  datacenter: { ...old, commands: old.commands.map(noticed) },
};
