import { field } from '../field.ts';
import { type Column, resource } from '../resource.ts';
import { action, describe, listUnlabelled } from '../verbs.ts';
import { common } from './columns.ts';

const states = ['waiting', 'sending', 'done', 'folded', 'dead'] as const;

const columns: Record<string, Column> = {
  id: common.id,
  message: item => item.message,
  channel: item => item.channel,
  state: item => item.state,
  title: item => item.title,
  status: item => item.status,
  severity: item => item.severity,
  at: item => new Date(item.at),
  attempts: item => item.attempts,
  next: item => item.next,
  error: item => item.error,
  finished: item => item.finished,
};

/** Messages on their way by channels: what waits, what was sent, and what was given up. */
export const delivery = resource('delivery', {
  nameKey: 'message',
  columns,
  defaults: ['id', 'channel', 'state', 'title', 'at', 'attempts', 'error'],
  wide: ['message', 'status', 'severity', 'next', 'finished'],
  sortable: ['id'],
  order: ['id:desc'],
  unlabelled: true,
  item: {
    id: field('integer', 'Id', { required: true }),
    message: field('text', 'Id of the message, which the receiver is told too', { required: true }),
    channel: field('text', 'Name of the channel; null when it was deleted'),
    state: field('text', 'Dead ones were given up, folded ones went into another message', {
      required: true,
      choices: states,
    }),
    title: field('text', 'One line', { required: true }),
    text: field('text', 'What else there is to say', { required: true }),
    status: field('text', 'What kind of message it is', { required: true }),
    severity: field('text', 'How bad it is', { required: true }),
    at: field('time', 'When it was written', { required: true }),
    attempts: field('integer', 'How often it was not taken', { required: true }),
    next: field('time', 'When it is tried next; null where it is not'),
    error: field('text', 'Why it was not taken the last time'),
    digest: field('text', 'Id of the message that it went into'),
    finished: field('time', 'When it was taken, folded or given up'),
  },
  verbs: {
    list: listUnlabelled('List messages that were not taken yet, newest first', {
      state: field('list', 'Only messages in these states; waiting, sending and dead where absent', {
        choices: states,
      }),
      channel: field('text', 'Only messages of that channel', {
        refers: { resource: 'channel', as: 'name' },
        placeholder: 'channel',
      }),
    }),
    describe: describe('Show all of a message and what became of it'),
    retry: action('retry', 'Send messages now that wait or were given up', {}, { examples: ['17', '--all'] }),
  },
});
