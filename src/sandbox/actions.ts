import type { Action, ActionResource } from '../core/hetzner/types.ts';
import { locked } from './problem.ts';
import { type ActionRow, nextId, type Pending, type State, stamp } from './state.ts';

/** What an action is to do, on what, and for how many milliseconds at normal speed. */
export interface Deed {
  command: string;
  resources: ActionResource[];
  ms: number;
  /** It begins when this one is due. */
  after?: ActionRow | undefined;
  /** False for deeds that leave their resources free for others; default true. */
  locks?: boolean;
  /** Done when the action is due. */
  effect?(): void;
  /** Done instead when the action was made to fail. */
  undo?(): void;
}

/** Names a resource for an action and its lock. */
export function on(type: ActionResource['type'], id: number): ActionResource {
  return { type, id };
}

/** Throws 423 while an action runs on the resource. */
export function requireUnlocked(state: State, type: ActionResource['type'], id: number): void {
  if (isLocked(state, type, id)) throw locked(type);
}

/** Whether an action runs on the resource. */
export function isLocked(state: State, type: ActionResource['type'], id: number): boolean {
  return state.locks.has(`${type}:${id}`);
}

/** Starts an action; its effect is applied by `settle` once it is due, which may be at once. */
export function startAction(state: State, deed: Deed): ActionRow {
  const begin = Math.max(state.now, deed.after?.due ?? state.now);
  const row: ActionRow = {
    id: nextId(state),
    command: deed.command,
    status: 'running',
    begun: state.now,
    due: begin + duration(state, deed.ms),
    resources: deed.resources,
    error: null,
  };
  // What follows a failed action fails with it, as a server that could not be made is not started.
  const error = state.failing ?? null;
  const locks = deed.locks ?? true;
  if (locks) for (const resource of deed.resources) lock(state, resource, 1);
  state.actions.set(row.id, row);
  schedule(state, {
    due: row.due,
    run() {
      if (locks) for (const resource of deed.resources) lock(state, resource, -1);
      row.error = error;
      row.status = error ? 'error' : 'success';
      if (error) deed.undo?.();
      else deed.effect?.();
    },
  });
  settle(state, state.now);
  return row;
}

/** Scales a duration in milliseconds by the speed of the sandbox. */
export function duration(state: State, ms: number): number {
  const { speed, actionDuration } = state.rules;
  return Math.ceil((actionDuration ?? ms) / speed);
}

/** Has something happen by itself, in the order of due times. */
export function schedule(state: State, event: Pending): void {
  let at = state.pending.length;
  while (at > 0 && state.pending[at - 1]!.due > event.due) at -= 1;
  state.pending.splice(at, 0, event);
}

/** Plays everything that is due by `now` (milliseconds), in order. */
export function settle(state: State, now: number): void {
  while (state.pending.length > 0 && state.pending[0]!.due <= now) {
    const event = state.pending.shift()!;
    state.now = event.due;
    event.run();
  }
  state.now = now;
}

/** The action as the API shows it at the time of the state. */
export function viewAction(state: State, row: ActionRow): Action {
  const running = row.status === 'running';
  const share = (state.now - row.begun) / Math.max(1, row.due - row.begun);
  return {
    id: row.id,
    command: row.command,
    status: row.status,
    progress: running ? Math.min(99, Math.max(0, Math.floor(share * 100))) : 100,
    started: stamp(row.begun),
    finished: running ? null : stamp(row.due),
    resources: row.resources,
    error: row.error,
  };
}

function lock(state: State, { type, id }: ActionResource, change: number): void {
  const key = `${type}:${id}`;
  const count = (state.locks.get(key) ?? 0) + change;
  if (count > 0) state.locks.set(key, count);
  else state.locks.delete(key);
}
