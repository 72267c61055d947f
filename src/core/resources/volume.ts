import { Failure } from '../failure.ts';
import { field } from '../field.ts';
import { type Column, resource } from '../resource.ts';
import { action, bodyOf, call, create, describe, labels, list, protection, remove, update } from '../verbs.ts';
import { common, protectionOf } from './columns.ts';
import { enableProtectionNext } from './protect-next.ts';

const columns: Record<string, Column> = {
  ...common,
  size: item => `${item.size} GB`,
  server: (item, names) => (item.server ? names('server', item.server) : null),
  location: item => item.location?.name,
  status: item => item.status,
  format: item => item.format,
  linux_device: item => item.linux_device,
  protection: protectionOf,
};

const server = field('text', 'Server, by name or id', { refers: { resource: 'server', as: 'id' } });
const automount = field('boolean', 'Mount it on the server');

const createFields = {
  name: field('text', 'Name', { required: true }),
  size: field('integer', 'Size in GB, 10 to 10240', { required: true }),
  location: field('text', 'Location, where no server is given', { refers: { resource: 'location', as: 'name' } }),
  server,
  format: field('text', 'File system to make', { choices: ['ext4', 'xfs'] }),
  automount,
  label: field('labels', 'Label', { key: 'labels' }),
};
const protect = { 'enable-protection': field('list', 'Protection to enable: delete', { choices: ['delete'] }) };

/** Volumes: disks of their own that are attached to one server at a time. */
export const volume = resource('volume', {
  columns,
  defaults: ['id', 'name', 'size', 'server', 'location', 'age'],
  wide: ['status', 'format', 'linux_device', 'labels', 'protection'],
  sortable: ['id', 'name', 'created'],
  lookups: { server: 'server' },
  verbs: {
    list: list('List volumes', {
      status: field('list', 'Only volumes in these states', { choices: ['available', 'creating'] }),
    }),
    describe: describe('Show all of a volume'),
    create: create(
      'Create a volume',
      { ...createFields, ...protect },
      {
        examples: ['--name data-1 --size 50 --server web-1 --format ext4'],
        run: async ({ api, resource, input }) => {
          checkPlace(input.size, input.server, input.location, input.automount ?? false);
          const made = await call(api, 'POST', resource.path, bodyOf(createFields, input));
          return enableProtectionNext(api, resource, made, input['enable-protection'] ?? []);
        },
      },
    ),
    update: update('Rename a volume', { name: field('text', 'New name') }, { examples: ['data-1 --name data-2'] }),
    delete: remove('Delete volumes and all that is on them', item => [
      `everything on volume ${item.name} (${item.size} GB)`,
    ]),
    attach: action(
      'attach',
      'Attach a volume to a server',
      { server: { ...server, required: true }, automount },
      {
        examples: ['data-1 --server web-1 --automount'],
      },
    ),
    detach: action('detach', 'Detach volumes from their servers'),
    resize: action(
      'resize',
      'Make a volume larger; the file system is grown by hand',
      {
        size: field('integer', 'New size in GB, larger than before', { required: true }),
      },
      { examples: ['data-1 --size 100'] },
    ),
    ...labels('volume'),
    ...protection('volume', ['delete']),
  },
});

function checkPlace(size: number, server: string | undefined, location: string | undefined, automount: boolean): void {
  if (size < 10 || size > 10_240) throw new Failure('usage', `--size: ${size} is not between 10 and 10240 GB`);
  if ((server === undefined) === (location === undefined)) {
    throw new Failure('usage', 'give --server or --location, one of the two');
  }
  if (automount && server === undefined) throw new Failure('usage', '--automount needs --server');
}
