import { type Decision, may, type Question } from '../../core/access/may.ts';
import type { Item } from '../../core/resource.ts';
import type { Ask } from './ask.ts';
import type { View } from './view.ts';

/** Whether the caller may do something with a resource, or with none: what is listed or made. */
export function decide(
  { principal, view }: Pick<Ask, 'principal' | 'view'>,
  permission: string,
  type: string,
  item: Item | undefined,
): Decision {
  return may(principal, { permission, ...standing(view, type, item) });
}

function standing(view: View, type: string, item: Item | undefined): Omit<Question, 'permission'> {
  if (!item) return { type, relation: 'none' };
  const relation = view.isPublic(type, item) ? 'public' : view.isOwn(type, item) ? 'own' : 'foreign';
  return { type, relation, permits: view.permitsOf(type, item.id) };
}
