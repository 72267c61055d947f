import type { Item } from '../../../core/resource.ts';
import type { IntentRow, OwnershipRow } from '../../../core/store/tables.ts';
import { ownerLabel, requestLabel } from '../reserved.ts';

/** What is known of one collection of a project: Hetzner's picture, and what the store had when it had been read. */
export interface Known {
  readonly now: number;
  readonly items: readonly Item[];
  readonly rows: readonly Pick<OwnershipRow, 'resource_id' | 'owner' | 'author' | 'closed'>[];
  /** Those that are open, and those that an item's label names. */
  readonly intents: readonly Pick<IntentRow, 'request' | 'owner' | 'author' | 'state' | 'updated'>[];
  /** Owners that there are, of those that labels name. */
  readonly owners: ReadonlySet<string>;
}

/** What is to be done so that store and Hetzner agree. */
export type Mending =
  /** What was intended is there: its maker owns it. */
  | {
      readonly kind: 'made';
      readonly request: string;
      readonly owner: string;
      readonly author: string;
      readonly item: Item;
    }
  /** What was intended is not there, and comes no more. */
  | { readonly kind: 'not-made'; readonly request: string }
  /** What nobody was entered for belongs to somebody. */
  | { readonly kind: 'adopt'; readonly owner: string; readonly author: string; readonly item: Item }
  /** The label says something else than the store. */
  | { readonly kind: 'repair'; readonly owner: string; readonly item: Item }
  /** It is not in the picture: to be closed when Hetzner says that it is gone. */
  | { readonly kind: 'close'; readonly id: number };

/** A request of this age that nobody has settled was cut off, in milliseconds; one of that age has made nothing. */
export const settling = 60_000;
export const grace = 600_000;

/** Finds out where the store and a picture of Hetzner disagree; the store is right about owners, Hetzner about what exists. */
export function reconcile({ now, items, rows, intents, owners }: Known): readonly Mending[] {
  const byId = new Map(rows.map(row => [row.resource_id, row]));
  const byRequest = new Map(intents.map(intent => [intent.request, intent]));
  const shown = new Set(items.map(item => item.labels?.[requestLabel]));
  const there = new Set(items.map(({ id }) => id));

  const ofItems = items.flatMap((item): Mending[] => {
    const row = byId.get(item.id);
    const request = item.labels?.[requestLabel];
    const label = item.labels?.[ownerLabel];
    const intent = byRequest.get(request);
    if (intent?.state === 'open') {
      const { owner, author, updated } = intent;
      return now - updated < settling ? [] : [{ kind: 'made', request, owner, author, item }];
    }
    if (row && row.closed === null) return label === row.owner ? [] : [{ kind: 'repair', owner: row.owner, item }];
    // Who was entered is believed before who asked for it, and that one before a label.
    const maker = row ?? intent;
    if (maker) return [{ kind: 'adopt', owner: maker.owner, author: maker.author, item }];
    return owners.has(label) ? [{ kind: 'adopt', owner: label, author: 'system', item }] : [];
  });
  const isLost = ({ state, request, updated }: Known['intents'][number]) =>
    state === 'open' && !shown.has(request) && now - updated >= grace;
  return [
    ...ofItems,
    ...intents.filter(isLost).map(({ request }): Mending => ({ kind: 'not-made', request })),
    ...rows
      .filter(row => row.closed === null && !there.has(row.resource_id))
      .map((row): Mending => ({ kind: 'close', id: row.resource_id })),
  ];
}
