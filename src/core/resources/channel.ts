import { type Fields, field } from '../field.ts';
import { kinds } from '../notify/kinds/index.ts';
import { settingFlags } from '../notify/settings.ts';
import { type Column, type Item, resource, verb } from '../resource.ts';
import { withFiles } from '../settings.ts';
import { action, create, describe, listUnlabelled, remove, update } from '../verbs.ts';
import { common } from './columns.ts';

/** What a channel has besides the settings of its kind. */
const shared = {
  fallback: field('boolean', 'Is told of what another channel does not take; the inbox where none is'),
  subject: field('text', 'Template of the title: {{severity}} {{summary}} on {{labels.server}}; empty for none', {
    placeholder: 'template',
  }),
  body: field('text', 'Template of the text; empty for none', { placeholder: 'template' }),
  rate: field('integer', 'Messages a minute; what is more comes in one', { placeholder: 'number' }),
  'max-age': field('duration', 'Age from which what could not be sent comes in one message', {
    placeholder: 'duration',
  }),
} as const;

const settings = settingFlags();
const changeable: Fields = { ...settings, ...shared };

const createFields: Fields = {
  name: field('text', 'Name, not taken by another channel', { operand: 'one', required: true }),
  type: field('text', 'What kind of channel it is', {
    required: true,
    choices: [...kinds.keys()].filter(kind => kind !== 'inbox'),
  }),
  ...changeable,
};

/** Where a channel leads, in a word. */
function target({ settings = {} }: Item): string | undefined {
  const { to, chat, topic, hook, url } = settings;
  return [to, chat, topic, hook, url].find(Boolean)?.toString();
}

const columns: Record<string, Column> = {
  ...common,
  type: item => item.type,
  target,
  state: item => (item.disabled ? 'disabled' : item.failing_since ? 'failing' : 'ok'),
  fallback: item => item.fallback,
  waiting: item => item.waiting,
  dead: item => item.dead,
  error: item => item.error,
  sent: item => (item.sent ? new Date(item.sent) : null),
  rate: item => item.rate,
};

const when = (summary: string) => field('time', summary);

/** Channels: ways to tell someone. */
export const channel = resource('channel', {
  columns,
  defaults: ['id', 'name', 'type', 'target', 'state', 'fallback', 'waiting', 'dead', 'sent'],
  wide: ['rate', 'error', 'age'],
  sortable: ['id', 'name', 'created'],
  unlabelled: true,
  item: {
    id: field('integer', 'Id', { required: true }),
    name: field('text', 'Name', { required: true }),
    type: field('text', 'What kind of channel it is', { required: true, choices: [...kinds.keys()] }),
    settings: field('labels', 'Its settings; of a secret only that it is there', { required: true }),
    ...shared,
    disabled: field('text', 'Why nothing is sent by it; null while it is used'),
    failing_since: when('Since when nothing was taken; null while it works'),
    error: field('text', 'Why the last message was not taken; null when it was'),
    sent: when('When a message was taken last'),
    waiting: field('integer', 'Messages that wait', { required: true }),
    dead: field('integer', 'Messages that were given up within the last 30 days', { required: true }),
    created: field('time', 'When it was made', { required: true }),
    updated: field('time', 'When it was changed last', { required: true }),
  },
  verbs: {
    list: listUnlabelled('List channels'),
    describe: describe('Show all of a channel; secrets are never shown'),
    create: withFiles(
      create('Create a channel: a way to tell someone', createFields, {
        examples: [
          'ops --type email --to ops@example.com --from cloudctl@example.com --host smtp.example.com --username cloudctl --password-file smtp.password',
          'pager --type webhook --url https://example.com/hook --secret-file hook.secret --fallback',
          'chat --type slack --incoming-url-file slack.url',
          'phone --type ntfy --topic my-servers-8f3k',
        ],
      }),
    ),
    update: withFiles(
      update('Change a channel, and use it again where it was disabled; what is not given stays', changeable, {
        examples: [
          'ops --to ops@example.com,night@example.com',
          'pager --secret-file new.secret --previous-secret-file old.secret',
        ],
      }),
    ),
    delete: remove('Delete channels', ({ name, waiting }) => [
      waiting > 0 ? `channel ${name}: ${waiting} messages wait on it and go to the fallback` : `channel ${name}`,
    ]),
    preview: verb({
      kind: 'describe',
      summary: 'Show what would be said of an alert, while it is wrong and when it is over; nothing is sent',
      fields: {},
      examples: ['ops', 'ops -o json --query firing.html | jq -r . > mail.html'],
      operation: { method: 'GET', path: ':id/preview' },
      run: async ({ api, resource, item }) => {
        const found = await api.send<{ preview: object }>('GET', `${resource.path}/${item.id}/preview`);
        return { value: found.preview };
      },
    }),
    test: action('test', 'Send a message by the same way as alerts go, and tell what came of it'),
    enable: action('enable', 'Use channels again that were disabled'),
    disable: action('disable', 'Send nothing by channels until they are enabled'),
  },
});
