import { requireUnlocked, startAction } from './actions.ts';
import { type Collection, find, replyAction, resourceOf, route } from './collection.ts';
import { readInput } from './input.ts';
import type { Route } from './route.ts';
import type { State } from './state.ts';

interface Protected {
  id: number;
  protection: { delete: boolean };
}

/** The route that protects an item against deletion; `check` may refuse. */
export function protectionRoute<Row extends Protected>(
  collection: Collection<Row>,
  check: (row: Row, state: State) => void = () => {},
): Route {
  return route('POST', `/${collection.many}/{id}/actions/change_protection`, ({ state, id, body }) => {
    const row = find(collection, state, id);
    const input = readInput(body);
    const wanted = input.flag('delete');
    input.done();
    requireUnlocked(state, collection.one, id);
    check(row, state);
    const action = startAction(state, {
      command: 'change_protection',
      resources: [resourceOf(collection, id)],
      ms: 200,
      effect() {
        row.protection = { delete: wanted ?? row.protection.delete };
      },
    });
    return replyAction(state, action);
  });
}
