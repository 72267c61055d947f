import { field } from '../field.ts';
import { type Column, resource } from '../resource.ts';
import { action, describe, listUnlabelled, remove } from '../verbs.ts';
import { common } from './columns.ts';

const columns: Record<string, Column> = {
  id: common.id,
  title: item => item.title,
  status: item => item.status,
  severity: item => item.severity,
  at: item => item.at,
  age: item => new Date(item.at),
  read: item => item.read !== null,
};

/** The inbox: what was told to nobody in particular. */
export const inbox = resource('inbox', {
  nameKey: 'title',
  columns,
  defaults: ['id', 'age', 'severity', 'title', 'read'],
  wide: ['at', 'status'],
  sortable: ['id'],
  order: ['id:desc'],
  unlabelled: true,
  item: {
    id: field('integer', 'Id', { required: true }),
    title: field('text', 'One line', { required: true }),
    text: field('text', 'What else there is to say', { required: true }),
    status: field('text', 'What kind of message it is', { required: true }),
    severity: field('text', 'How bad it is', { required: true }),
    at: field('time', 'When it was written', { required: true }),
    read: field('time', 'When somebody read it; null while nobody has'),
    message: field('labels', 'All of it', { required: true }),
  },
  verbs: {
    list: listUnlabelled('List messages that nobody has read', {
      all: field('boolean', 'Those too that were read'),
    }),
    describe: describe('Show all of a message'),
    read: action('read', 'Mark messages as read'),
    clear: remove('Delete messages', ({ title }) => [`the message '${title}'`]),
  },
});
