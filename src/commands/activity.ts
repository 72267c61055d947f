import { parsePaths } from '../core/activity/paths.ts';
import { readActivity, readNames } from '../core/activity/read.ts';
import { Failure } from '../core/failure.ts';
import { back, field, type Input } from '../core/field.ts';
import { follow } from './activity/follow.ts';
import { actionColumns, writeActions } from './activity/rows.ts';
import { apiExits, command, type Group, outputFields } from './command.ts';
import { parseFormat } from './output/format.ts';
import type { Session } from './session.ts';

const fields = {
  since: field('time', 'Only what happened from this time on', { ...back, default: '24h' }),
  resource: field('list', 'Only what happened to these: servers, volumes, images ...'),
  status: field('list', 'Only actions in these states', { choices: ['running', 'success', 'error'] }),
  limit: field('integer', 'At most so many, the newest; 0 for all', { default: 50, placeholder: 'number' }),
  follow: field('boolean', 'Go on and show what happens, oldest first', { short: 'f' }),
  ...outputFields,
};

const activity = command({
  name: 'activity',
  summary: 'What happened in the project, newest first',
  description: `Put together from the actions that Hetzner keeps for each kind of resource: what and when, but not by whom.
With --follow each change is a line, under -o json one object a line; a quiet project is asked every 10 to 30 seconds.`,
  fields,
  examples: [
    'cloudctl activity',
    'cloudctl activity --since 7d --status error',
    'cloudctl activity --resource servers -f',
  ],
  exits: apiExits,
  columns: actionColumns,
  run: showActivity,
});

/** `cloudctl activity`: what happened in the project. */
export const group: Group = { name: 'activity', command: activity, commands: [] };

async function showActivity(session: Session, input: Input<typeof fields>): Promise<void | number> {
  const format = parseFormat({ ...input, available: actionColumns });
  const paths = parsePaths(input.resource);
  if (input.limit < 0) throw new Failure('usage', '--limit: must not be negative');
  if (input.follow && (format.query !== undefined || format.columns || format.kind === 'csv')) {
    throw new Failure('usage', '--follow writes lines, or JSON with -o json', {
      hint: 'Leave out --query and columns',
    });
  }
  const wanted = {
    since: Date.parse(input.since),
    status: input.status,
    most: input.limit || Number.POSITIVE_INFINITY,
  };
  const api = await session.api();
  if (input.follow) return follow(session, api, paths, wanted, format);
  const { actions, more } = await readActivity(api, paths, wanted);
  const names = format.machine ? new Map() : await readNames(api, actions);
  await writeActions(session, format, actions, names, ['age', 'command', 'resources', 'status', 'duration', 'id']);
  if (more && !format.machine && !session.settings.quiet) {
    session.world.err.write(`There is more: the newest ${input.limit} are shown, --limit 0 shows all\n`);
  }
}
