import { asObject } from './call.ts';

const remembered = 1000;

/** Remembers the actions that answers have told of, the last thousand: they are known not to come from a call that is in doubt. */
export function createStarted(): { has(id: number): boolean; note(body: unknown): void } {
  const ids = new Set<number>();
  return {
    has: id => ids.has(id),
    note(body) {
      const { action, actions, next_actions } = asObject(body);
      for (const one of [action, actions, next_actions].flat()) {
        const { id } = asObject(one);
        if (typeof id === 'number') ids.add(id);
      }
      for (const id of ids) {
        if (ids.size <= remembered) break;
        ids.delete(id);
      }
    },
  };
}
