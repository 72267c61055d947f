import { checkResize, journalFor } from '../../core/composite/wanted.ts';
import { Failure } from '../../core/failure.ts';
import { field, type Input } from '../../core/field.ts';
import { find, isGlob, select } from '../../core/find.ts';
import type { Item } from '../../core/resource.ts';
import { identities } from '../../core/resources/identities.ts';
import { server } from '../../core/resources/server.ts';
import { apiExits, command, outputFields, rehearseFields, targetFields } from '../command.ts';
import { resumeAll, runComposites } from '../composite.ts';
import { failTogether } from '../fail-together.ts';
import { formatFor } from '../run-list.ts';
import { shutdownTimeout } from '../snapshot/stop-fields.ts';
import { writeEnded } from './ended.ts';

const fields = {
  server: field('text', 'Name, id or pattern of servers', {
    operand: 'one',
    refers: { resource: 'server', as: 'name' },
  }),
  type: field('text', 'Server type, by name or id', {
    operand: 'one',
    required: true,
    refers: { resource: 'server-type', as: 'name' },
  }),
  'upgrade-disk': field('boolean', 'Enlarge the disk too: then no type with a smaller disk is possible any more'),
  'shutdown-timeout': shutdownTimeout,
  'force-off': field('boolean', 'Cut the power after --shutdown-timeout; --no-force-off leaves the server running', {
    default: true,
  }),
  'no-start': field('boolean', 'Leave the server off'),
  force: field('boolean', 'Try although the type is said to be out of stock'),
  selector: targetFields.selector,
  ...rehearseFields,
  ...outputFields,
};

/** `server resize`: shut down, change the type, start again; finished by the next run when it was killed. */
export const resize = command({
  name: 'resize',
  summary: 'Give servers another type: shut down, change, start again',
  description:
    'The size of the disk is kept unless --upgrade-disk is given. A server that is not off after --shutdown-timeout has its power cut. Only what was running is started again, also when the change fails. What a server is still owed is noted before it is stopped: after a kill or Ctrl-C the same command, or cloudctl server resume, goes on where it ended.',
  fields,
  examples: [
    'cloudctl server resize web-1 cx33',
    'cloudctl server resize web-1 cx43 --upgrade-disk --shutdown-timeout 5m',
    "cloudctl server resize 'web-*' cpx31 --dry-run",
    'cloudctl server resize -l env=staging cx23 --no-force-off',
  ],
  exits: [...apiExits, 'not_found', 'refused', 'conflict', 'partial'],
  columns: Object.keys(server.columns),
  targets: { operand: 'server', all: false },
  run: async (session, input) => {
    const format = formatFor(session, server, input);
    const { selector, server: name } = input;
    if (name === undefined && selector === undefined) throw new Failure('usage', 'missing <server>');
    const api = await session.api();
    const identity = { name: 'server-type', ...identities['server-type'] };
    const names = name === undefined ? [] : [name];
    const [type, targets] = await Promise.all([
      find(api, identity, input.type),
      select(api, server, { names, selector }),
    ]);
    const ended = await runComposites(session, api, targets, {
      want: item => journal(item, type, input, session.world.clock.now()),
      check: item => isDone(item, type) ?? checkResize(item, type, input.force ?? false),
      leaveOff: input['no-start'],
      dryRun: input['dry-run'],
      quiet: format.machine,
    });
    const several = name === undefined || isGlob(name) || selector !== undefined;
    await writeEnded(session, format, ended, { several, message: `has the type ${type.name}` });
    failTogether('resize', ended, { several, resume: resumeAll });
  },
});

function journal(item: Item, type: Item, input: Input<typeof fields>, now: number) {
  return journalFor(
    item,
    { type: { name: type.name, upgradeDisk: input['upgrade-disk'] ?? false } },
    {
      command: `cloudctl server resize ${item.name} ${type.name}${input['upgrade-disk'] ? ' --upgrade-disk' : ''}`,
      now,
      stop: { timeout: input['shutdown-timeout'], force: input['force-off'] },
      leaveOff: input['no-start'],
    },
  );
}

function isDone(item: Item, type: Item): string | undefined {
  return item.server_type?.name === type.name ? `has the type ${type.name} already` : undefined;
}
