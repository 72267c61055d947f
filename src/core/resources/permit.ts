import { field } from '../field.ts';
import { type Column, resource } from '../resource.ts';
import { create, describe, listUnlabelled, remove } from '../verbs.ts';
import { common } from './columns.ts';

const columns: Record<string, Column> = {
  ...common,
  user: item => item.user,
  permission: item => item.permission,
  resource: item => item.resource,
  project: item => item.project,
  author: item => item.author,
};

/** Permits: what one user may do with one resource, where the role has `grant`. */
export const permit = resource('permit', {
  columns,
  nameKey: 'id',
  defaults: ['id', 'user', 'permission', 'resource', 'project', 'author', 'age'],
  sortable: ['id', 'created'],
  unlabelled: true,
  item: {
    id: field('integer', 'Id', { required: true }),
    user: field('text', 'Who may', { required: true }),
    permission: field('text', 'What', { required: true }),
    resource: field('text', 'With what: `servers/42`', { required: true }),
    project: field('text', 'Project that the resource is of', { required: true }),
    author: field('text', 'Who allowed it', { required: true }),
    created: field('time', 'When it was made', { required: true }),
  },
  verbs: {
    list: listUnlabelled('List permits', {
      user: field('text', 'Only those of this user', { placeholder: 'email' }),
    }),
    describe: describe('Show a permit'),
    create: create(
      'Let a user do something with one resource',
      {
        user: field('text', 'Who may', { operand: 'one', required: true, refers: { resource: 'user', as: 'name' } }),
        permission: field('text', 'What: servers:takeover', { required: true, placeholder: 'permission' }),
        resource: field('text', 'With what, by its id: servers/42', { required: true, placeholder: 'resource' }),
        project: field('text', 'Project of the resource; that of the user where absent', { placeholder: 'name' }),
      },
      {
        sample: { user: 'ada@example.com', permission: 'servers:takeover', resource: 'servers/42' },
        examples: ['ada@example.com --permission servers:takeover --resource servers/42'],
      },
    ),
    delete: remove('Take permits back', ({ user, permission, resource }) => [
      `${user} may no more do ${permission} with ${resource}`,
    ]),
  },
});
