import { field } from '../field.ts';
import { type Column, type Item, resource } from '../resource.ts';
import { describe, labels, list, protection, remove, update } from '../verbs.ts';
import { common, protectionOf } from './columns.ts';

const architectures = ['x86', 'arm'];

/** Columns of images of every type. */
export const imageColumns: Record<string, Column> = {
  ...common,
  type: item => item.type,
  status: item => item.status,
  description: item => item.description,
  architecture: item => item.architecture,
  image_size: item =>
    item.image_size === null || item.image_size === undefined ? null : `${item.image_size.toFixed(2)} GB`,
  disk_size: item => `${item.disk_size} GB`,
  created: item => new Date(item.created),
  created_from: item => item.created_from?.name,
  bound_to: (item, names) => (item.bound_to ? names('server', item.bound_to) : null),
  deprecated: item => item.deprecation?.unavailable_after ?? item.deprecated,
  os_flavor: item => item.os_flavor,
  os_version: item => item.os_version,
  rapid_deploy: item => item.rapid_deploy,
  protection: protectionOf,
};

/** What goes when an image does. */
export function imageLosses(item: Item): string[] {
  const from = item.created_from?.name ? ` of ${item.created_from.name}` : '';
  return [`${item.type} ${item.id}${from}: ${item.description}`];
}

/** Images: systems and apps that Hetzner gives, snapshots and backups of one's own. */
export const image = resource('image', {
  columns: imageColumns,
  defaults: ['id', 'type', 'name', 'description', 'architecture', 'image_size', 'disk_size', 'created', 'deprecated'],
  wide: ['status', 'created_from', 'bound_to', 'protection', 'labels'],
  sortable: ['id', 'name', 'created'],
  lookups: { bound_to: 'server' },
  verbs: {
    list: listImages(),
    describe: describe('Show all of an image', {
      architecture: field('text', 'The one for this architecture, where a name has several', {
        short: 'a',
        default: 'x86',
        choices: architectures,
      }),
    }),
    update: update(
      'Change the description of an image, or make a snapshot of a backup',
      { description: field('text', 'New description'), type: field('text', 'snapshot', { choices: ['snapshot'] }) },
      { examples: ['1042 --description before-upgrade', '1043 --type snapshot'] },
    ),
    delete: remove('Delete snapshots and backups', imageLosses),
    ...labels('image'),
    ...protection('image', ['delete']),
  },
});

function listImages() {
  const regular = list('List images', {
    type: field('list', 'Only images of these types', { short: 't', choices: ['system', 'app', 'snapshot', 'backup'] }),
    architecture: field('list', 'Only images for this architecture', { short: 'a', choices: architectures }),
    status: field('list', 'Only images in these states', { choices: ['available', 'creating', 'unavailable'] }),
  });
  // The API takes one architecture; there are two, so several mean no filter.
  const single = (asked: readonly string[] = []) => (new Set(asked).size === 1 ? [asked[0]!] : undefined);
  const run: typeof regular.run = call => {
    return regular.run({ ...call, input: { ...call.input, architecture: single(call.input.architecture) } });
  };
  return { ...regular, run };
}
