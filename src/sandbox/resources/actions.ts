import { viewAction } from '../actions.ts';
import { reply, replyActions, route } from '../collection.ts';
import { invalidField, notFound } from '../problem.ts';
import type { Call, Reply, Route } from '../route.ts';

/** /actions: by id only, since the list of all actions was removed. */
export const allActionRoutes: readonly Route[] = [
  route('GET', '/actions', listActions),
  route('GET', '/actions/{id}', ({ state, id }) => {
    const row = state.actions.get(id);
    if (!row) throw notFound('action', id);
    return reply(200, { action: viewAction(state, row) });
  }),
];

function listActions(call: Call): Reply {
  const ids = call.query.getAll('id');
  if (ids.length === 0) throw invalidField('id', 'is required');
  if (ids.some(id => !/^\d{1,16}$/.test(id))) throw invalidField('id', 'must be an id');
  const rows = [...new Set(ids.map(Number))].sort((one, other) => one - other);
  return replyActions(
    call,
    rows.flatMap(id => call.state.actions.get(id) ?? []),
  );
}
