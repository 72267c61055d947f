import type { Configuration } from './config/configuration.ts';
import { type KeyName, keyOf, keys } from './config/keys.ts';

/** The configuration as the running daemon uses it. */
export interface LiveConfiguration {
  /** Of keys that need a restart the values from the start, of the others the newest good ones. */
  current(): Configuration;
  /** Takes over what can change; the names of keys that changed and were taken over, and of those that need a restart. */
  replace(next: Configuration): Changes;
  /** Names of keys that the file has changed since the start and that need a restart. */
  waiting(): readonly string[];
}

export interface Changes {
  readonly applied: readonly string[];
  readonly waiting: readonly string[];
}

const names = Object.keys(keys) as KeyName[];

/** Begins with the configuration of the start. */
export function createLive(first: Configuration): LiveConfiguration {
  let current = first;
  let waiting: readonly string[] = [];
  return {
    current: () => current,
    waiting: () => waiting,
    replace(next) {
      const changed = (from: Configuration) => names.filter(name => !isSame(from.values[name], next.values[name]));
      const applied: string[] = changed(current).filter(name => keyOf(name).live);
      waiting = changed(first).filter(name => !keyOf(name).live);
      if (!isSame(current.hooks, next.hooks)) applied.push('hooks');
      const taken = Object.fromEntries(names.map(name => [name, (keyOf(name).live ? next : first).values[name]]));
      current = { ...first, warnings: next.warnings, hooks: next.hooks, values: taken as Configuration['values'] };
      return { applied, waiting };
    },
  };
}

function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
