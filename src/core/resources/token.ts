import { field } from '../field.ts';
import { type Column, resource } from '../resource.ts';
import { action, create, describe, listUnlabelled } from '../verbs.ts';
import { common } from './columns.ts';

const tokenFields = {
  name: field('text', 'Name, to know it by', { operand: 'one', required: true }),
  permission: field('list', 'What it may at most: servers:read, servers:*, *:read; all of its user where absent', {
    key: 'permissions',
    placeholder: 'permissions',
  }),
  role: field('text', 'Role that it has at most', { refers: { resource: 'role', as: 'name' } }),
  selector: field('selector', 'Label selector, of which everything must be that it reaches', {
    placeholder: 'selector',
  }),
  project: field('text', 'The one project that it is for', { placeholder: 'name' }),
  ttl: field('duration', 'How long it is good, a year at most', { default: 7_776_000_000, placeholder: 'duration' }),
  user: field('text', 'Whose it is; yours where absent', { refers: { resource: 'user', as: 'name' } }),
} as const;

const states = ['active', 'expired', 'revoked'] as const;
const columns: Record<string, Column> = {
  ...common,
  user: item => item.user,
  role: item => item.role,
  permissions: item => item.permissions,
  selector: item => item.selector,
  project: item => item.project,
  state: item => item.state,
  issuer: item => item.issuer,
  expires: item => item.expires,
  used: item => (item.used ? new Date(item.used) : null),
};

/** Tokens: what scripts, hcloud and Terraform come in with. */
export const token = resource('token', {
  columns,
  defaults: ['id', 'name', 'user', 'state', 'expires', 'used'],
  wide: ['role', 'permissions', 'selector', 'project', 'issuer', 'age'],
  sortable: ['id', 'name', 'created', 'expires'],
  unlabelled: true,
  item: {
    id: field('integer', 'Id', { required: true }),
    name: field('text', 'Name', { required: true }),
    user: field('text', 'Whose it is; null for the administrator of the host'),
    issuer: field('text', 'Who made it', { required: true }),
    role: field('text', 'Role that it has at most; null for that of its user'),
    permissions: field('list', 'What it may at most; null for all that its user may'),
    selector: field('text', 'Labels of what it reaches; null for all'),
    project: field('text', 'The one project that it is for; null for all'),
    state: field('text', 'Whether it is taken', { required: true, choices: states }),
    created: field('time', 'When it was made', { required: true }),
    expires: field('time', 'Until when it is good', { required: true }),
    used: field('time', 'When it was used last, to the minute; null for never'),
  },
  verbs: {
    list: listUnlabelled('List tokens', {
      user: field('text', 'Only those of this user', { placeholder: 'email' }),
      state: field('list', 'Only those in this state', { choices: states }),
    }),
    describe: describe('Show all of a token but what it is'),
    create: create('Create a token, which is shown once', tokenFields, {
      examples: [
        'ci --permission servers:read,images:* --ttl 30d',
        'terraform --project production --selector env=prod',
        'deploy --user ada@example.com --role client',
      ],
      sample: { name: 'ci', permissions: ['servers:read', 'images:*'], ttl: 2_592_000_000 },
    }),
    revoke: action('revoke', 'Revoke tokens: they are refused from the next request on'),
  },
});
