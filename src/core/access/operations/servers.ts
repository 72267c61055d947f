import type { Operation } from '../operation.ts';
import { collection, operation } from './collection.ts';

const password = { secretOutput: ['root_password'] } as const;

/** Servers and what they are made of. */
export const servers: readonly Operation[] = [
  ...collection('servers', {
    create: {
      references: {
        image: 'images',
        placement_group: 'placement_groups',
        'ssh_keys[]': 'ssh_keys',
        'volumes[]': 'volumes',
        'networks[]': 'networks',
        'firewalls[].firewall': 'firewalls',
        'public_net.ipv4': 'primary_ips',
        'public_net.ipv6': 'primary_ips',
      },
      secretInput: ['user_data'],
      ...password,
    },
    deeds: {
      poweron: 'power',
      poweroff: 'power',
      reboot: 'power',
      reset: 'power',
      shutdown: 'power',
      change_type: ['resize', { counts: 'more' }],
      enable_backup: ['backup', { counts: 'more' }],
      // It deletes every backup of the server at once, so it is apart from switching backups on.
      disable_backup: 'drop_backups',
      // The server in the path has to be the caller's as much as the image will be.
      create_image: ['images:create', { counts: 'one' }],
      change_dns_ptr: 'rdns',
      change_protection: 'protect',
      attach_to_network: ['network', { references: { network: 'networks' } }],
      detach_from_network: ['network', { references: { network: 'networks' } }],
      change_alias_ips: ['network', { references: { network: 'networks' } }],
      add_to_placement_group: ['network', { references: { placement_group: 'placement_groups' } }],
      remove_from_placement_group: 'network',
      // Takeover is what gives control of the guest or of its data.
      attach_iso: ['takeover', { references: { iso: 'isos' } }],
      detach_iso: 'takeover',
      enable_rescue: ['takeover', { references: { 'ssh_keys[]': 'ssh_keys' }, ...password }],
      disable_rescue: 'takeover',
      rebuild: ['takeover', { references: { image: 'images' }, secretInput: ['user_data'], ...password }],
      reset_password: ['takeover', password],
      request_console: ['takeover', { secretOutput: ['password', 'wss_url'] }],
    },
  }),
  operation('GET', 'servers/{id}/metrics', 'servers:metrics'),

  ...collection('images', {
    uncreated: true,
    // A backup that becomes a snapshot by its type is one more of these.
    update: { also: { type: 'images:create' } },
    deeds: { change_protection: 'protect' },
  }),
  ...collection('ssh_keys', {}),
  ...collection('placement_groups', {}),
  ...collection('volumes', {
    create: { references: { server: 'servers' } },
    deeds: {
      attach: ['attach', { references: { server: 'servers' } }],
      detach: 'attach',
      resize: ['resize', { counts: 'more' }],
      change_protection: 'protect',
    },
  }),
];
