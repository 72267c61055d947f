import { parsePaths } from '../core/activity/paths.ts';
import { readActions, readActivity, readNames } from '../core/activity/read.ts';
import type { Action } from '../core/api.ts';
import { Failure } from '../core/failure.ts';
import { field, type Input } from '../core/field.ts';
import { find } from '../core/find.ts';
import { identities } from '../core/resources/identities.ts';
import { actionColumns, writeActions } from './activity/rows.ts';
import { apiExits, command, type Group, outputFields } from './command.ts';
import { parseFormat } from './output/format.ts';
import { writeItem } from './output/item.ts';
import { lookOf } from './run-list.ts';
import type { Session } from './session.ts';
import { actionFailure, waitShown } from './wait.ts';

const listFields = {
  resource: field('list', 'Only actions on these: servers, volumes, images ...'),
  status: field('list', 'Only actions in these states', { choices: ['running', 'success', 'error'] }),
  server: field('text', 'Only actions on this server, by name or id', { refers: { resource: 'server', as: 'name' } }),
  id: field('list', 'Only the actions of these ids'),
  limit: field('integer', 'At most so many, the newest; 0 for all', { default: 100, placeholder: 'number' }),
  ...outputFields,
};

const idFields = {
  action: field('repeat', 'Ids of actions', { operand: 'many', required: true }),
  ...outputFields,
};

const list = command({
  name: 'list',
  summary: 'List actions, newest first',
  fields: listFields,
  examples: ['cloudctl action list --status running', 'cloudctl action list --server web-1 -o json'],
  exits: [...apiExits, 'not_found'],
  columns: actionColumns,
  run: listActions,
});

const describe = command({
  name: 'describe',
  summary: 'Show all of an action',
  fields: idFields,
  examples: ['cloudctl action describe 42'],
  exits: [...apiExits, 'not_found'],
  columns: actionColumns,
  run: describeActions,
});

const wait = command({
  name: 'wait',
  summary: 'Wait until actions have ended; takes up a wait that was broken off',
  fields: idFields,
  examples: ['cloudctl action wait 42 43 --timeout 10m'],
  exits: [...apiExits, 'not_found', 'refused'],
  columns: actionColumns,
  run: waitForActions,
});

/** `cloudctl action`: what Hetzner is doing, or has done, to a resource. */
export const group: Group = { name: 'action', commands: [list, describe, wait] };

const shown = ['id', 'command', 'resources', 'status', 'progress', 'age', 'duration'] as const;

async function listActions(session: Session, input: Input<typeof listFields>): Promise<void> {
  const format = parseFormat({ ...input, available: actionColumns });
  if ([input.resource, input.server, input.id].filter(Boolean).length > 1) {
    throw new Failure('usage', 'give one of --resource, --server and --id');
  }
  if (input.limit < 0) throw new Failure('usage', '--limit: must not be negative');
  const { actions, more } = await chooseActions(session, input);
  const names = format.machine ? new Map() : await readNames(await session.api(), actions);
  await writeActions(session, format, actions, names, shown);
  if (more && !format.machine && !session.settings.quiet) {
    session.world.err.write(`There are more: the newest ${input.limit} are shown, --limit 0 shows all\n`);
  }
}

async function chooseActions(session: Session, input: Input<typeof listFields>) {
  const api = await session.api();
  const { status, server, id } = input;
  if (id) {
    const actions = await readActions(api, parseIds(id));
    return { actions: actions.filter(action => !status || status.includes(action.status)), more: false };
  }
  const wanted = { since: Number.NEGATIVE_INFINITY, status, most: input.limit || Number.POSITIVE_INFINITY };
  if (server === undefined) return readActivity(api, parsePaths(input.resource), wanted);
  const { path } = identities.server;
  const found = await find(api, { name: 'server', ...identities.server }, server);
  return readActivity(api, [`${path}/${found.id}`], wanted);
}

async function describeActions(session: Session, { action, ...output }: Input<typeof idFields>): Promise<void> {
  const format = parseFormat({ ...output, available: actionColumns });
  const actions = await readActions(await session.api(), parseIds(action));
  await show(session, format, actions);
}

async function waitForActions(session: Session, { action, ...output }: Input<typeof idFields>): Promise<void> {
  const format = parseFormat({ ...output, available: actionColumns });
  const api = await session.api();
  const latest = new Map((await readActions(api, parseIds(action))).map(one => [one.id, one]));
  const onProgress = (one: Action) => latest.set(one.id, one);
  // Those that failed before this wait began are told of with the others.
  const running = [...latest.values()].filter(({ status }) => status === 'running');
  await waitShown(session, api, running, { quiet: format.machine, onProgress });
  const ended = [...latest.values()];
  const failed = ended.filter(({ status }) => status === 'error');
  if (failed.length === 0 || ended.length > 1) await showEnded(session, format, ended);
  if (failed.length > 0) throw actionFailure(failed);
}

async function showEnded(session: Session, format: ReturnType<typeof parseFormat>, ended: readonly Action[]) {
  if (format.machine || format.kind !== 'table' || format.columns) return show(session, format, ended);
  if (session.settings.quiet) return;
  await writeActions(session, format, ended, new Map(), ['id', 'command', 'resources', 'status', 'duration', 'error']);
}

/** One action as an object, several as a list. */
async function show(session: Session, format: ReturnType<typeof parseFormat>, actions: readonly Action[]) {
  if (actions.length !== 1) return writeActions(session, format, actions, new Map(), shown);
  await writeItem(session.world.out, format, actions[0]!, {
    nameOf: one => one.command,
    idOf: one => one.id,
    ...lookOf(session),
  });
}

function parseIds(typed: readonly string[]): number[] {
  return [...new Set(typed)].map(text => {
    const id = Number(text);
    if (/^\d+$/.test(text) && Number.isSafeInteger(id)) return id;
    throw new Failure('usage', `'${text}' is not the id of an action`, { hint: 'cloudctl action list' });
  });
}
