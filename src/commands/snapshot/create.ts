import type { Api } from '../../core/api.ts';
import { journalFor } from '../../core/composite/wanted.ts';
import { Failure } from '../../core/failure.ts';
import { field, type Input } from '../../core/field.ts';
import { isGlob, select, type Target } from '../../core/find.ts';
import { pool } from '../../core/pool.ts';
import { rehearse } from '../../core/rehearse.ts';
import type { Item } from '../../core/resource.ts';
import { server } from '../../core/resources/server.ts';
import { snapshot } from '../../core/resources/snapshot.ts';
import { act, bodyOf } from '../../core/verbs.ts';
import { apiExits, command, outputFields, rehearseFields, targetFields, waitFields } from '../command.ts';
import { forgetNames } from '../complete/cache.ts';
import { resumeAll, runComposites } from '../composite.ts';
import { failTogether, failureOfTarget } from '../fail-together.ts';
import { offerToFinish } from '../finish.ts';
import { escapeControls } from '../output/escape.ts';
import type { Format } from '../output/format.ts';
import { formatFor } from '../run-list.ts';
import type { Session } from '../session.ts';
import { finishDeeds } from '../wait.ts';
import { type Made, writeMade } from './made.ts';
import { shutdownTimeout } from './stop-fields.ts';

const content = {
  description: field('text', 'Description, by which the snapshot can be named'),
  label: field('labels', 'Label of the snapshot', { key: 'labels' }),
};

const fields = {
  server: field('repeat', 'Names, ids or patterns of servers', {
    operand: 'many',
    refers: { resource: 'server', as: 'name' },
  }),
  ...content,
  shutdown: field('boolean', 'Shut the servers down for it, and start again those that were running'),
  'shutdown-timeout': shutdownTimeout,
  'force-off': field('boolean', 'Cut the power of a server that is not off after --shutdown-timeout'),
  ...targetFields,
  ...rehearseFields,
  ...waitFields,
  ...outputFields,
};

type Given = Input<typeof fields>;

/** `snapshot create`: one snapshot of each server. */
export const create = command({
  name: 'create',
  summary: 'Make snapshots of servers',
  description:
    'A snapshot of a running server is what its disk would be after its power was cut. With --shutdown the server is shut down first and started again as soon as the snapshot is there; one that does not shut down in time is left running, unless --force-off is given. What a server is still owed is noted before it is stopped: after a kill or Ctrl-C the same command, or cloudctl server resume, goes on where it ended, and no second snapshot is made. Volumes are not part of a snapshot.',
  fields,
  examples: [
    'cloudctl snapshot create web-1 --description before-upgrade',
    'cloudctl snapshot create web-1 --shutdown --label keep=yes',
    'cloudctl snapshot create -l env=prod -o id',
  ],
  exits: [...apiExits, 'not_found', 'refused', 'conflict', 'partial'],
  columns: Object.keys(snapshot.columns),
  targets: { operand: 'server', all: true },
  run: async (session, input) => {
    const format = formatFor(session, snapshot, input);
    const api = await session.api();
    const targets = await selectServers(api, input);
    const made = input.shutdown
      ? await makeStopped(session, api, targets, input, format)
      : await makeRunning(session, api, targets, input, format);
    if (!input['dry-run']) await forgetNames(session, snapshot);
    const names = input.server ?? [];
    const several = names.length !== 1 || names.some(isGlob) || input.selector !== undefined;
    await writeMade(session, format, made, { several, waited: !input['no-wait'] });
    failTogether('create', made, { several, resume: resumeAll });
  },
});

async function selectServers(api: Api, { server: names = [], selector, all }: Given): Promise<Target[]> {
  if (names.length > 0 || selector !== undefined || all) return select(api, server, { names, selector, all });
  throw new Failure('usage', 'missing <server>', { hint: 'Give names, ids or patterns of servers, or -l <selector>' });
}

async function makeStopped(
  session: Session,
  api: Api,
  targets: readonly Target[],
  input: Given,
  format: Format,
): Promise<Made[]> {
  if (input['no-wait'])
    throw new Failure('usage', '--no-wait does not go with --shutdown: who would start the server?');
  const { randomUUID } = await import('node:crypto');
  const stop = { timeout: input['shutdown-timeout'], force: input['force-off'] ?? false };
  const want = (item: Item) => {
    const image = { run: randomUUID(), description: input.description, labels: input.label };
    const now = session.world.clock.now();
    return journalFor(item, { image }, { command: `cloudctl snapshot create ${item.name} --shutdown`, now, stop });
  };
  const options = { want, dryRun: input['dry-run'], quiet: format.machine };
  const ended = await runComposites(session, api, targets, options);
  return ended.map(({ done, ...rest }) => ({ ...rest, image: done?.image, actions: done?.actions }));
}

async function makeRunning(
  session: Session,
  api: Api,
  targets: readonly Target[],
  input: Given,
  format: Format,
): Promise<Made[]> {
  const servers = targets.flatMap(({ item }) => item ?? []);
  if (!input['dry-run']) await offerToFinish(session, api, servers, { quiet: format.machine });
  if (!input['dry-run'] && !format.machine) warnOfRunning(session, targets);
  const body = { type: 'snapshot', ...bodyOf(content, input) };
  const started = await pool(targets, session.settings.concurrency, async target => {
    if (!target.item) return target;
    const rehearsal = input['dry-run'] ? rehearse(api) : undefined;
    try {
      const outcome = await act(rehearsal?.api ?? api, server, target.item, 'create_image', body);
      return { ...target, outcome, requests: rehearsal?.requests };
    } catch (error) {
      return { ...target, failure: failureOfTarget(error) };
    }
  });
  const wait = !input['no-wait'];
  const ended = await finishDeeds(session, api, started, { wait, quiet: format.machine });
  const together = started.map((one, index) => ({ ...one, ...ended[index] }));
  return pool(together, session.settings.concurrency, async ({ outcome, ...one }) => {
    const made = (outcome?.value as { image?: Item } | undefined)?.image;
    const image = made && wait && !one.failure ? await refresh(api, made) : made;
    return { ...one, image, actions: outcome?.actions };
  });
}

async function refresh(api: Api, { id }: Item): Promise<Item> {
  return (await api.send<{ image: Item }>('GET', `images/${id}`)).image;
}

function warnOfRunning({ world, settings }: Session, targets: readonly Target[]): void {
  const running = targets.flatMap(({ item }) => (item && item.status !== 'off' ? [item.name as string] : []));
  const [first, ...others] = running;
  if (!first || settings.quiet) return;
  const who = others.length === 0 ? `server ${first} is running` : `${running.length} of the servers are running`;
  world.err.write(
    escapeControls(`Note: ${who}: the snapshot is crash-consistent; --shutdown stops for it and starts again`) + '\n',
  );
}
