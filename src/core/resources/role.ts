import { field } from '../field.ts';
import { type Column, resource } from '../resource.ts';
import { create, describe, listUnlabelled, remove, update } from '../verbs.ts';
import { common } from './columns.ts';

const grant = field('repeat', 'What it may: servers:read=own, servers:*=all; the last that fits a permission counts', {
  key: 'grants',
  placeholder: 'permission=grant',
});
const summary = field('text', 'What it is for, in a sentence', { placeholder: 'text' });

const columns: Record<string, Column> = {
  ...common,
  summary: item => item.summary,
  built_in: item => item.built_in,
  users: item => item.users,
  permissions: item => Object.keys(item.grants ?? {}).length,
};

/** Roles: what those may who have them. */
export const role = resource('role', {
  columns,
  defaults: ['id', 'name', 'summary', 'built_in', 'users', 'permissions'],
  sortable: ['id', 'name'],
  unlabelled: true,
  item: {
    id: field('integer', 'Id', { required: true }),
    name: field('text', 'Name', { required: true }),
    summary: field('text', 'What it is for', { required: true }),
    built_in: field('boolean', 'Whether it is always there, and always the same', { required: true }),
    users: field('integer', 'How many users have it', { required: true }),
    grants: field('labels', 'What it grants by permission: all, approve, own, quota or grant', { required: true }),
    created: field('time', 'When it was made; null for one that is always there'),
    updated: field('time', 'When it was changed last'),
  },
  verbs: {
    list: listUnlabelled('List roles'),
    describe: describe('Show a role, and what it grants'),
    create: create(
      'Create a role',
      {
        name: field('text', 'Name, not taken by another role', { operand: 'one', required: true }),
        summary,
        from: field('text', 'Role to begin with', { refers: { resource: 'role', as: 'name' } }),
        grant,
      },
      {
        sample: { name: 'night', from: 'viewer', grants: ['servers:power=own'] },
        examples: ["night --summary 'Power only' --grant 'servers:read=all' --grant 'servers:power=all'"],
      },
    ),
    update: update(
      'Change a role; grants that are not named stay, `none` takes one away',
      { summary, grant },
      {
        sample: { grants: ['servers:takeover=grant'] },
        examples: ["night --grant 'servers:takeover=grant'"],
      },
    ),
    delete: remove('Delete roles that nobody has'),
  },
});
