import type { Action } from '../../core/api.ts';
import type { Cell } from '../../core/resource.ts';
import { formatAge } from '../output/age.ts';
import type { Format } from '../output/format.ts';
import { writeRows } from '../output/rows.ts';
import { lookOf } from '../run-list.ts';
import type { Session } from '../session.ts';

/** What resources are called, by `type:id`. */
export type ResourceNames = ReadonlyMap<string, string>;

/** The columns that actions have. */
export const actionColumns = [
  'id',
  'command',
  'status',
  'progress',
  'started',
  'finished',
  'age',
  'duration',
  'resources',
  'error',
] as const;

/** Writes actions as rows. */
export function writeActions(
  session: Session,
  format: Format,
  actions: readonly Action[],
  names: ResourceNames,
  defaults: readonly (typeof actionColumns)[number][],
): Promise<void> {
  const look = lookOf(session);
  return writeRows(session.world.out, format, {
    items: actions,
    columns: columnsOf(names, look.now),
    defaults,
    wide: actionColumns,
    nameOf: action => action.command,
    idOf: action => action.id,
    ...look,
  });
}

/** `server web-1, volume data`; the id stands for what has no name. */
export function nameResources({ resources }: Action, names: ResourceNames): string[] {
  return resources.map(({ type, id }) => `${type.replaceAll('_', '-')} ${names.get(`${type}:${id}`) ?? id}`);
}

/** How long the action took, or has taken by `now` (ms). */
export function durationOf({ started, finished }: Action, now: number): string {
  return formatAge(Math.max(0, (finished ? Date.parse(finished) : now) - Date.parse(started)));
}

function columnsOf(
  names: ResourceNames,
  now: number,
): Record<(typeof actionColumns)[number], (action: Action) => Cell> {
  return {
    id: action => action.id,
    command: action => action.command,
    status: action => action.status,
    progress: action => `${action.progress}%`,
    started: action => action.started,
    finished: action => action.finished,
    age: action => new Date(action.started),
    duration: action => durationOf(action, now),
    resources: action => nameResources(action, names),
    error: action => action.error && `${action.error.message} (${action.error.code})`,
  };
}
