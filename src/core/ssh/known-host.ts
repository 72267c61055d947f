import type { Action } from '../api.ts';

/** What was known of a server when its host key was: kept beside the key. */
export interface HostMark {
  readonly created: string;
  /** Id of the newest action then; a rebuild of a later one has made a new key. */
  readonly seen: number;
}

/** Whether the known key is of an earlier system, and the mark from now on. `actions` are those after the mark, or the newest. */
export function judgeHost(
  mark: HostMark | undefined,
  created: string,
  actions: readonly Pick<Action, 'id' | 'command' | 'status'>[],
): { forget: boolean; mark: HostMark } {
  const seen = mark?.seen ?? 0;
  const newer = actions.filter(({ id }) => id > seen);
  const rebuilds = newer.filter(({ command }) => command.startsWith('rebuild'));
  const newest = Math.max(seen, ...newer.map(({ id }) => id));
  // While it is being rebuilt the key is still to come: the rebuild counts again next time.
  const running = rebuilds.filter(({ status }) => status === 'running').map(({ id }) => id - 1);
  return {
    forget: !mark || mark.created !== created || rebuilds.length > 0,
    mark: { created, seen: Math.min(newest, ...running) },
  };
}
