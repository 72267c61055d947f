import type { Item } from '../../core/resource.ts';
import { actionTypes, mentions } from './mentions.ts';
import { type Labels, withoutReserved } from './reserved.ts';
import { widenSelector } from './selectors.ts';
import type { View } from './view.ts';

type Body = Readonly<Record<string, unknown>>;

/** An item as its reader may have it: without what names resources that are hidden from it, without the gateway's labels and without what would move a terminal's cursor. */
export function redactItem(view: View, type: string, item: Item): Item {
  const copy = clean(item) as Record<string, unknown>;
  for (const { at, type: named, id } of mentions[type] ?? []) {
    if (!view.seesAll(named)) hide(copy, at.split('.'), value => isHidden(view, named, value, id));
  }
  if (type === 'actions' && Array.isArray(copy.resources)) copy.resources = keepKnown(view, copy.resources);
  return copy as Item;
}

/** An answer of Hetzner as its reader may have it; `singular` gives the collection that a key of it is an item of. */
export function redactBody(view: View, body: unknown, collectionOf: (key: string) => string | undefined): unknown {
  if (typeof body !== 'object' || body === null) return body;
  return Object.fromEntries(
    Object.entries(body as Body).map(([key, value]) => {
      const type = collectionOf(key);
      if (type === undefined || typeof value !== 'object' || value === null) return [key, clean(value)];
      if (!Array.isArray(value)) return [key, redactItem(view, type, value as Item)];
      return [key, value.map(one => (isItem(one) ? redactItem(view, type, one) : clean(one)))];
    }),
  );
}

function isItem(value: unknown): value is Item {
  return typeof value === 'object' && value !== null && 'id' in value;
}

function keepKnown(view: View, resources: readonly unknown[]): readonly unknown[] {
  return resources.filter(one => {
    const { id, type } = one as { readonly id: number; readonly type: string };
    const collection = actionTypes[type];
    return collection === undefined || view.knows(collection, id);
  });
}

function isHidden(view: View, type: string, value: unknown, id: string | undefined): boolean {
  const found =
    id === undefined ? value : id.split('.').reduce<unknown>((at, key) => (at as Body | null)?.[key], value);
  return typeof found === 'number' && !view.knows(type, found);
}

/** Takes out what is hidden: elements of their lists, single values as null. */
function hide(
  at: Record<string, unknown>,
  [step = '', ...rest]: readonly string[],
  isGone: (value: unknown) => boolean,
) {
  const key = step.replace('[]', '');
  const value = at[key];
  if (value === null || value === undefined) return;
  if (step.endsWith('[]')) {
    if (!Array.isArray(value)) return;
    if (rest.length === 0) at[key] = value.filter(one => !isGone(one));
    else for (const one of value) if (isRecord(one)) hide(one, rest, isGone);
  } else if (rest.length === 0) {
    if (isGone(value)) at[key] = null;
  } else if (isRecord(value)) hide(value, rest, isGone);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

// C0 but tab and line feed, DEL, and C1: clients print names and messages as they come.
const controls = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/;
const everyControl = new RegExp(controls, 'g');

/** A copy without the gateway's labels and without control characters in its texts. */
export function clean(value: unknown, key?: string): unknown {
  if (typeof value === 'string') {
    const text = controls.test(value) ? value.replace(everyControl, '') : value;
    return key === 'selector' ? widenSelector(text) : text;
  }
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(one => clean(one));
  const kept = key === 'labels' ? withoutReserved(value as Labels) : (value as Body);
  return Object.fromEntries(Object.entries(kept).map(([name, one]) => [name, clean(one, name)]));
}
