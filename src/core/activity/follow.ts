import type { Action } from '../api.ts';

/** What has been told so far: each action's status. */
export type Told = ReadonlyMap<number, string>;

/** The actions that are new or have another status since, oldest first, and what has then been told. */
export function changesSince(told: Told, actions: readonly Action[]): { changed: Action[]; told: Told } {
  const changed = actions.filter(({ id, status }) => told.get(id) !== status);
  const oldestFirst = changed.sort((a, b) => lastChange(a) - lastChange(b) || a.id - b.id);
  return { changed: oldestFirst, told: new Map([...told, ...changed.map(({ id, status }) => [id, status] as const)]) };
}

/** Ids of actions that were told as running and that the lists no longer show. */
export function unseenRunning(told: Told, actions: readonly Action[]): number[] {
  const shown = new Set(actions.map(({ id }) => id));
  return [...told].filter(([id, status]) => status === 'running' && !shown.has(id)).map(([id]) => id);
}

/** Milliseconds until the lists are asked for again: soon after a change, by half longer after each quiet round. The bounds grow with the number of lists, so that a follower leaves most of the hour's requests to others. */
export function nextPause(pause: number, changed: boolean, lists: number): number {
  const least = Math.max(5000, lists * 1500);
  const most = Math.max(10_000, lists * 3000);
  return changed ? least : Math.min(most, Math.max(least, pause * 1.5));
}

function lastChange({ started, finished }: Action): number {
  return Date.parse(finished ?? started);
}
