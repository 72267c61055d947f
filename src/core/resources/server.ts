import { field } from '../field.ts';
import { type Column, resource } from '../resource.ts';
import { act, action, describe, labels, list, protection, remove, update } from '../verbs.ts';
import { common, formatBytes, protectionOf } from './columns.ts';
import { power } from './server-power.ts';
import { backupLoss, changeAliasIps, changeType, losses, rebuild, setRdns } from './server-verbs.ts';

const network = field('text', 'Network, by name or id', {
  short: 'n',
  required: true,
  refers: { resource: 'network', as: 'id' },
});
const ip = field('ip', 'IP address for the server in the network');
const aliasIps = field('list', 'Further IP addresses in the network', { key: 'alias_ips', placeholder: 'ip' });

const columns: Record<string, Column> = {
  ...common,
  status: item => item.status,
  ipv4: item => item.public_net?.ipv4?.ip,
  ipv6: item => item.public_net?.ipv6?.ip,
  private_net: (item, names) =>
    item.private_net?.map((net: { ip: string; network: number }) => `${net.ip} (${names('network', net.network)})`),
  type: item => item.server_type?.name,
  location: item => item.location?.name,
  image: item => item.image?.name ?? item.image?.description,
  locked: item => item.locked,
  rescue_enabled: item => item.rescue_enabled,
  backup_window: item => item.backup_window,
  protection: protectionOf,
  volumes: (item, names) => item.volumes?.map((id: number) => names('volume', id)),
  placement_group: item => item.placement_group?.name,
  primary_disk_size: item => item.primary_disk_size && `${item.primary_disk_size} GB`,
  included_traffic: item => formatBytes(item.included_traffic),
  ingoing_traffic: item => formatBytes(item.ingoing_traffic),
  outgoing_traffic: item => formatBytes(item.outgoing_traffic),
};

/** Servers. Creating, resizing, ssh, metrics and waiting are written by hand in the command line. */
export const server = resource('server', {
  columns,
  defaults: ['id', 'name', 'status', 'ipv4', 'ipv6', 'private_net', 'location', 'age'],
  wide: ['type', 'image', 'volumes', 'labels', 'protection', 'backup_window'],
  sortable: ['id', 'name', 'created'],
  lookups: { private_net: 'network', volumes: 'volume' },
  verbs: {
    list: list('List servers', {
      status: field('list', 'Only servers in these states', {
        choices: [
          'running',
          'initializing',
          'starting',
          'stopping',
          'off',
          'deleting',
          'migrating',
          'rebuilding',
          'unknown',
        ],
      }),
    }),
    describe: describe('Show all of a server'),
    update: update('Rename a server', { name: field('text', 'New name') }, { examples: ['web-1 --name web-2'] }),
    delete: { ...remove('Delete servers, and their backups with them', losses), affects: ['image'] },
    ...power,
    rebuild,
    'change-type': action(
      'change_type',
      'Change the type of a server that is off',
      {
        'server-type': field('text', 'Server type', {
          operand: 'one',
          required: true,
          refers: { resource: 'server-type', as: 'name' },
        }),
        'keep-disk': field('boolean', 'Keep the size of the disk, so that a smaller type is possible later'),
      },
      {
        examples: ['web-1 cx33 --keep-disk'],
        run: ({ api, item, input }) => changeType(api, item.id, input['server-type'], !input['keep-disk']),
      },
    ),
    'create-image': action(
      'create_image',
      'Make an image of a server',
      {
        type: field('text', 'snapshot or backup', { required: true, choices: ['snapshot', 'backup'] }),
        description: field('text', 'Description of the image'),
        label: field('labels', 'Label of the image', { key: 'labels' }),
      },
      { examples: ['web-1 --type snapshot --description before-upgrade'], affects: ['image'] },
    ),
    'enable-backup': action(
      'enable_backup',
      'Enable daily backups, for a fifth of the price of the server',
      {
        window: field('text', 'Accepted because hcloud has it; Hetzner chooses the window', { hidden: true }),
      },
      { run: ({ api, resource, item }) => act(api, resource, item, 'enable_backup') },
    ),
    'disable-backup': action(
      'disable_backup',
      'Disable backups, which deletes all there are',
      {},
      {
        loses: item => [backupLoss(item)],
        affects: ['image'],
      },
    ),
    'enable-rescue': action(
      'enable_rescue',
      'Boot a rescue system at the next start',
      {
        type: field('text', 'Rescue system', { default: 'linux64', choices: ['linux64'] }),
        'ssh-key': field('list', 'SSH keys for the rescue system', {
          key: 'ssh_keys',
          refers: { resource: 'ssh-key', as: 'id' },
        }),
      },
      { examples: ['web-1 --ssh-key laptop'] },
    ),
    'disable-rescue': action('disable_rescue', 'Boot the own system at the next start'),
    'reset-password': action('reset_password', 'Set a new root password, by the guest agent'),
    'attach-iso': action(
      'attach_iso',
      'Attach an ISO',
      {
        iso: field('text', 'ISO, by name or id', {
          operand: 'one',
          required: true,
          refers: { resource: 'iso', as: 'name' },
        }),
      },
      { examples: ['web-1 virtio-win-0.1.248.iso'] },
    ),
    'detach-iso': action('detach_iso', 'Detach the ISO'),
    'attach-to-network': action(
      'attach_to_network',
      'Attach a server to a network',
      {
        network,
        ip,
        'ip-range': field('cidr', 'Subnet to take the address from'),
        'alias-ips': aliasIps,
      },
      { examples: ['web-1 --network internal --ip 10.0.0.2'] },
    ),
    'detach-from-network': action(
      'detach_from_network',
      'Detach a server from a network',
      { network },
      {
        examples: ['web-1 --network internal'],
      },
    ),
    'change-alias-ips': action(
      'change_alias_ips',
      'Set the further addresses in a network',
      {
        network,
        'alias-ips': aliasIps,
        clear: field('boolean', 'Remove all alias IPs'),
      },
      {
        examples: ['web-1 --network internal --alias-ips 10.0.0.7'],
        run: ({ api, item, input }) => changeAliasIps(api, item.id, input),
      },
    ),
    'add-to-placement-group': action(
      'add_to_placement_group',
      'Add a server that is off to a placement group',
      {
        'placement-group': field('text', 'Placement group, by name or id', {
          short: 'g',
          required: true,
          refers: { resource: 'placement-group', as: 'id' },
        }),
      },
      { examples: ['web-1 --placement-group spread'] },
    ),
    'remove-from-placement-group': action('remove_from_placement_group', 'Remove a server from its placement group'),
    'set-rdns': setRdns,
    ...labels('server'),
    ...protection('server', ['delete', 'rebuild']),
  },
});
