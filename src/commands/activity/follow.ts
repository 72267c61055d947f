import { changesSince, nextPause, type Told, unseenRunning } from '../../core/activity/follow.ts';
import { mergeActions, readActions, readActivity, readNames, type Wanted } from '../../core/activity/read.ts';
import type { Action, Api } from '../../core/api.ts';
import { Failure, failures } from '../../core/failure.ts';
import { isFancy, statusPaint } from '../output/color.ts';
import { escapeControls, escapeJson } from '../output/escape.ts';
import type { Format } from '../output/format.ts';
import type { Session } from '../session.ts';
import { durationOf, nameResources, type ResourceNames } from './rows.ts';

/** Writes what happens as it happens, a line for each change, until the reader goes, time is up, or Ctrl-C (then 130). */
export async function follow(
  session: Session,
  api: Api,
  paths: readonly string[],
  wanted: Wanted,
  format: Format,
): Promise<number> {
  const { clock, signal, out } = session.world;
  const end = clock.now() + (session.settings.timeout ?? Number.POSITIVE_INFINITY);
  let told: Told = new Map();
  let names: ResourceNames = new Map();
  try {
    for (let pause = 0; ; ) {
      const actions = await look(api, paths, wanted, told);
      const step = changesSince(told, actions);
      told = step.told;
      if (step.changed.length > 0 && !format.machine) names = await learnNames(api, step.changed, names);
      for (const action of step.changed) out.write(lineOf(session, format, action, names));
      pause = nextPause(pause, step.changed.length > 0, paths.length);
      if (out.closed || clock.now() + pause > end) return 0;
      await clock.sleep(pause, signal);
    }
  } catch (error) {
    if (signal.aborted || (error instanceof Failure && error.code === 'interrupted')) return failures.interrupted.exit;
    throw error;
  }
}

async function look(api: Api, paths: readonly string[], wanted: Wanted, told: Told): Promise<Action[]> {
  const { actions } = await readActivity(api, paths, wanted);
  const unseen = unseenRunning(told, actions);
  return unseen.length === 0 ? [...actions] : mergeActions([actions, await readActions(api, unseen)]);
}

/** The names with those of new resources; nothing is asked while all are known. */
async function learnNames(api: Api, actions: readonly Action[], known: ResourceNames): Promise<ResourceNames> {
  const strange = actions.filter(({ resources }) => resources.some(({ type, id }) => !known.has(`${type}:${id}`)));
  if (strange.length === 0) return known;
  const learned = new Map([...known, ...(await readNames(api, strange))]);
  // What is deleted has no name to be learned: it is not asked for again.
  for (const { type, id } of strange.flatMap(({ resources }) => resources)) {
    if (!learned.has(`${type}:${id}`)) learned.set(`${type}:${id}`, String(id));
  }
  return learned;
}

function lineOf({ world }: Session, format: Format, action: Action, names: ResourceNames): string {
  if (format.machine) return `${escapeJson(JSON.stringify(action))}\n`;
  const paint = statusPaint(isFancy(world.out, world.env)) ?? ((_: string, text: string) => text);
  const status = paint('status', action.status) + ' '.repeat(Math.max(0, 7 - action.status.length));
  const time = (action.finished ?? action.started).replace(/(\.\d+)?(\+00:00|Z)$/, 'Z');
  const took = action.status === 'running' ? '' : `  ${durationOf(action, world.clock.now())}`;
  const reason = action.error ? `  ${action.error.message} (${action.error.code})` : '';
  const what = `${action.command}  ${nameResources(action, names).join(', ')}${took}${reason}`;
  return `${escapeControls(time)}  ${status}  ${escapeControls(what)}\n`;
}
