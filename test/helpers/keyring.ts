import { Failure } from '../../src/core/failure.ts';
import type { Keyring } from '../../src/core/world.ts';

/** What a machine without a keyring has. */
export const noKeyring: Keyring = {
  get: async () => Promise.reject(noStore()),
  set: async () => Promise.reject(noStore()),
  remove: async () => Promise.reject(noStore()),
};

const noStore = () => new Failure('unreachable', 'no keyring');

/** A keyring in memory; `entries` can be looked at and changed. */
export function memoryKeyring(entries = new Map<string, string>()): Keyring & { entries: Map<string, string> } {
  return {
    entries,
    get: async name => entries.get(name),
    set: async (name, secret) => void entries.set(name, secret),
    remove: async name => void entries.delete(name),
  };
}
