import { field } from '../field.ts';
import { type Column, resource } from '../resource.ts';
import { action, describe, listUnlabelled } from '../verbs.ts';
import { common } from './columns.ts';

const columns: Record<string, Column> = {
  ...common,
  user: item => item.user,
  address: item => item.address,
  expires: item => item.expires,
  used: item => (item.used ? new Date(item.used) : null),
};

/** Sessions: who is signed in with a password, and by WorkOS where the daemon has a key of it. */
export const session = resource('session', {
  columns,
  defaults: ['id', 'user', 'name', 'address', 'created', 'expires', 'used'],
  nameKey: 'id',
  sortable: ['id', 'created', 'expires'],
  order: ['id:desc'],
  unlabelled: true,
  item: {
    id: field('integer', 'Id', { required: true }),
    name: field('text', 'With what the sign-in was done', { required: true }),
    user: field('text', 'Who is signed in', { required: true }),
    address: field('text', 'Where it began'),
    created: field('time', 'When it began', { required: true }),
    expires: field('time', 'When it ends; of one at WorkOS its newest access token', { required: true }),
    used: field('time', 'When it was used last, to the minute; null for never'),
  },
  verbs: {
    list: listUnlabelled('List sessions that are open', {
      user: field('text', 'Only those of this user', { placeholder: 'email' }),
    }),
    describe: describe('Show all of a session'),
    revoke: action('revoke', 'End sessions: they are refused from the next request on'),
  },
});
