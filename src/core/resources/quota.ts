import { field } from '../field.ts';
import { type Column, resource } from '../resource.ts';
import { create, describe, listUnlabelled, remove } from '../verbs.ts';
import { common } from './columns.ts';

/** Collections of which an owner can have only so many. */
export const countedTypes = [
  ...(['servers', 'volumes', 'images', 'networks', 'firewalls', 'load_balancers', 'floating_ips'] as const),
  ...(['primary_ips', 'placement_groups', 'ssh_keys', 'certificates', 'zones', 'storage_boxes'] as const),
] as const;

/** Everything that a quota can be of: how many there are, and sums over them. */
export const quotaTypes = [...countedTypes, 'server_cores', 'server_memory_gb', 'volume_gb', 'monthly_cost'] as const;

export type QuotaType = (typeof quotaTypes)[number];

const columns: Record<string, Column> = {
  id: common.id,
  name: common.name,
  owner: item => item.owner,
  type: item => item.type,
  most: item => item.most,
  used: item => item.used,
  updated: item => item.updated,
};

const owner = 'user-12, team-web';

/** Quotas: how much an owner may have. */
export const quota = resource('quota', {
  columns,
  defaults: ['owner', 'type', 'used', 'most'],
  wide: ['id', 'name', 'updated'],
  sortable: ['id', 'name', 'owner', 'type', 'most', 'used'],
  order: ['owner:asc', 'type:asc'],
  unlabelled: true,
  item: {
    id: field('integer', 'Id', { required: true }),
    name: field('text', 'Whose and of what: user-12/servers, everybody/servers', { required: true }),
    owner: field('text', 'Whose: user-12, team-web; * is everybody who has none of that type', { required: true }),
    type: field('text', 'Of what', { required: true, choices: quotaTypes }),
    most: field('integer', 'How much there may be; memory and volumes in GB, cost in euros a month with VAT', {
      required: true,
    }),
    used: field('decimal', 'How much there is; null for everybody, and while Hetzner does not answer'),
    updated: field('time', 'When it was set', { required: true }),
  },
  verbs: {
    list: listUnlabelled('List quotas, and how much of them is used', {
      owner: field('text', `What holds for this owner (${owner}), also by the quotas of everybody`, {
        placeholder: 'owner',
      }),
    }),
    describe: describe('Show all of a quota'),
    set: create(
      'Set how much an owner may have',
      {
        owner: field('text', `Whose: ${owner}; * for everybody who has no quota of that type`, {
          required: true,
          placeholder: 'owner',
        }),
        type: field('text', 'Of what', { required: true, choices: quotaTypes, placeholder: 'type' }),
        most: field('integer', 'How much: a number, GB, or euros a month with VAT', {
          required: true,
          placeholder: 'number',
        }),
      },
      {
        examples: [
          '--owner team-web --type servers --most 10',
          "--owner '*' --type monthly_cost --most 50",
          '--owner user-12 --type server_cores --most 16',
        ],
      },
    ),
    delete: remove('Take quotas away', ({ name }) => [`quota ${name}: what it held back can be made`]),
  },
});
