import type { Match } from '../../core/access/operation.ts';
import type { Action } from '../../core/api.ts';
import { type Ask, askerOf } from './ask.ts';
import type { Deeds } from './deeds.ts';
import { actionTypes } from './mentions.ts';
import type { View } from './view.ts';

/** The actions of these ids that the caller sees; a path of one resource's actions gives those of that resource. */
export async function findActions(
  deeds: Pick<Deeds, 'begunBy'>,
  ask: Ask,
  ids: readonly number[],
): Promise<readonly Action[]> {
  const { upstream, principal, view, match } = ask;
  const found = await upstream.actions.get(ids, askerOf(ask, 'read'));
  const begun = await deeds.begunBy(upstream.project.id, ids, principal.owners);
  const seen = found.filter(action => isActionSeen(view, action, begun));
  return match.type === 'actions' ? seen : seen.filter(action => isOf(action, match));
}

/** Whether the caller sees an action: it began it, or knows a resource that it is about. */
export function isActionSeen(
  view: View,
  action: { readonly id: number; readonly resources?: Action['resources'] },
  begun: ReadonlySet<number>,
): boolean {
  if (view.seesAll('actions') || begun.has(action.id)) return true;
  return (action.resources ?? []).some(({ id, type }) => {
    const collection = actionTypes[type];
    return collection !== undefined && view.knows(collection, id);
  });
}

function isOf({ resources = [] }: Pick<Action, 'resources'>, { type, id }: Match): boolean {
  // A zone that the path has by its name was found before: its actions are of zones at least.
  const wanted = Number(id);
  return resources.some(one => actionTypes[one.type] === type && (Number.isNaN(wanted) || one.id === wanted));
}
