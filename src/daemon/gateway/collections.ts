import type { Operation } from '../../core/access/operation.ts';
import { identities } from '../../core/resources/identities.ts';

/** Keys of one item, where they are not the collection's without its s. */
const keys: Readonly<Record<string, string>> = { storage_boxes: 'storage_box', pricing: 'pricing' };

const known = new Set(Object.values(identities).flatMap(one => ('of' in one ? [] : [one.path])));

/** Key of one item of a collection in Hetzner's answers. */
export function keyOfItem(type: string): string {
  return keys[type] ?? type.replace(/s$/, '');
}

/** Whether an operation's path is that of one item, and not of something below or beside it. */
export function namesItem({ path }: Operation): boolean {
  return /^[a-z_]+\/\{\w+\}$/.test(path);
}

const collections: ReadonlyMap<string, string> = new Map([
  ...[...known, 'storage_boxes'].flatMap(type => [[type, type] as const, [keyOfItem(type), type] as const]),
  ['action', 'actions'],
  ['actions', 'actions'],
  ['next_actions', 'actions'],
]);

/** The collection that a key of an answer has an item or items of. */
export function collectionOf(key: string): string | undefined {
  return collections.get(key);
}
