import { Failure } from '../failure.ts';
import { field } from '../field.ts';
import { globTest, isGlob } from '../find.ts';
import { type Call, type Column, type Item, resource, verb } from '../resource.ts';
import { act, call, describe, labels, list, protection, remove, update } from '../verbs.ts';
import { common, protectionOf } from './columns.ts';

const columns: Record<string, Column> = {
  id: common.id,
  description: item => item.description,
  server: item => item.created_from?.name ?? item.created_from?.id,
  size: item => (typeof item.image_size === 'number' ? `${item.image_size.toFixed(2)} GB` : null),
  disk: item => `${item.disk_size} GB`,
  created: item => new Date(item.created),
  age: common.age,
  status: item => item.status,
  protected: item => protectionOf(item).length > 0,
  labels: common.labels,
  architecture: item => item.architecture,
  os_flavor: item => item.os_flavor,
  os_version: item => item.os_version,
  // A price is no part of a snapshot: `snapshot list` fills this in where it is shown.
  cost: () => null,
};

/** What chooses snapshots beside their names and labels; the API has none of these. */
export const snapshotFilters = {
  server: field('text', 'Only snapshots of this server, by name, id or pattern; it may be gone', {
    refers: { resource: 'server', as: 'name' },
  }),
  'older-than': field('duration', 'Only snapshots older than this', { placeholder: 'duration' }),
  'newer-than': field('duration', 'Only snapshots newer than this', { placeholder: 'duration' }),
};

/** Values of `snapshotFilters`; durations in milliseconds. */
export interface SnapshotFilters {
  readonly server?: string;
  readonly 'older-than'?: number;
  readonly 'newer-than'?: number;
}

/** Whether the filters let a snapshot through at `now` (milliseconds). */
export function passes(item: Item, filters: SnapshotFilters, now: number): boolean {
  const { server, 'older-than': older, 'newer-than': newer } = filters;
  const age = now - Date.parse(item.created);
  if (older !== undefined && !(age > older)) return false;
  if (newer !== undefined && !(age < newer)) return false;
  return server === undefined || isOf(server, item.created_from);
}

function isOf(ref: string, source: { id: number; name: string } | null | undefined): boolean {
  if (!source) return false;
  if (String(source.id) === ref || source.name === ref) return true;
  return isGlob(ref) && globTest(ref)(source.name);
}

const all = list('List snapshots');

/** Snapshots: images of one type, known by their description. Creating and restoring are written by hand in the command line. */
export const snapshot = resource('snapshot', {
  query: { type: 'snapshot' },
  nameKey: 'description',
  columns,
  defaults: ['id', 'description', 'server', 'size', 'disk', 'age', 'status', 'protected'],
  wide: ['labels', 'cost'],
  sortable: ['id', 'created'],
  verbs: {
    list: verb({
      ...all,
      fields: { ...all.fields, ...snapshotFilters },
      examples: ['', '--server web-1 --older-than 30d', '-o wide'],
      run: async given => {
        const { selector, sort, ...filters } = given.input;
        // The filters read the whole rows.
        const { value } = await all.run({ ...given, input: { selector, sort }, reading: undefined });
        const now = given.clock.now();
        return { value: (value as Item[]).filter(item => passes(item, filters, now)) };
      },
    }),
    describe: describe('Show all of a snapshot'),
    update: update(
      'Change the description of a snapshot',
      { description: field('text', 'New description') },
      { examples: ['1042 --description before-upgrade'] },
    ),
    delete: remove('Delete snapshots', item => [describeLoss(item)]),
    ...labels('snapshot'),
    label: verb({
      kind: 'change',
      summary: 'Set and remove labels of a snapshot',
      fields: {
        label: field('labels', 'Labels as key=value', { operand: 'many' }),
        remove: field('list', 'Keys of labels to remove', { placeholder: 'key' }),
      },
      examples: ['1042 keep=yes', '1042 env=prod --remove keep'],
      run: given => label(given, given.input.label ?? {}, given.input.remove ?? []),
    }),
    ...protection('snapshot', ['delete']),
    protect: verb({
      kind: 'change',
      summary: 'Protect snapshots against deletion, or no longer',
      fields: { off: field('boolean', 'Take the protection away') },
      examples: ['1042', '-l keep=yes', '1042 --off'],
      run: ({ api, resource, item, input }) => act(api, resource, item, 'change_protection', { delete: !input.off }),
    }),
  },
});

/** One snapshot that is to be deleted, in words. */
export function describeLoss(item: Item): string {
  const from = item.created_from?.name ? ` of ${item.created_from.name}` : '';
  const size = typeof item.image_size === 'number' ? `, ${item.image_size.toFixed(2)} GB` : '';
  return `snapshot ${item.id}${from}: ${item.description}${size}`;
}

async function label(
  { api, resource, item }: Pick<Call, 'api' | 'resource' | 'item'>,
  set: Readonly<Record<string, string>>,
  remove: readonly string[],
) {
  if (Object.keys(set).length === 0 && remove.length === 0) {
    throw new Failure('usage', 'nothing to change: give labels as key=value, or --remove');
  }
  // The API knows only the whole map, so it is read just before it is written.
  const { image } = await api.send<{ image: Item }>('GET', `${resource.path}/${item.id}`);
  const kept = Object.entries({ ...image.labels, ...set }).filter(([key]) => !remove.includes(key));
  return call(api, 'PUT', `${resource.path}/${item.id}`, { labels: Object.fromEntries(kept) });
}
