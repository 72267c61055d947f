import type { Query } from '../api.ts';
import { type Fields, field } from '../field.ts';
import { type Column, type Item, resource, verb } from '../resource.ts';
import { bodyOf, create, describe, listUnlabelled, remove, update } from '../verbs.ts';
import { common } from './columns.ts';

const channels = { refers: { resource: 'channel', as: 'name' } } as const;
const wait = (summary: string) => field('duration', summary, { placeholder: 'duration' });

/** What a route is asked to do, as it can be given: all of it optional, nothing preset. */
export const routeFields = {
  match: field('repeat', 'Which alerts: team=a, severity!=info, server~web-.*; all conditions hold, none is all', {
    placeholder: 'condition',
  }),
  channel: field('list', 'Who is told', { ...channels, key: 'channels' }),
  continue: field('boolean', 'Ask the routes after it too'),
  place: field('integer', 'Routes are asked in this order; last where absent', { placeholder: 'number' }),
  'group-by': field('list', 'Tell together of alerts with the same values of these labels', { placeholder: 'labels' }),
  'group-wait': wait('How long a new group waits for more (30s)'),
  'group-interval': wait('How long it waits before it tells of what is new in it (5m)'),
  'repeat-interval': wait('After how long what fires still is told again (4h)'),
  mute: field('repeat', 'Tell nothing at these times of the week: 22:00-06:00, sat,sun, mon-fri 18:00-08:00', {
    placeholder: 'times',
  }),
  zone: field('text', 'Time zone of those times, such as Europe/Berlin', { placeholder: 'zone' }),
  'inhibited-by': field('repeat', 'Tell nothing of an alert while another one fires whose labels are so', {
    placeholder: 'condition',
  }),
  equal: field('list', 'and that has the same values of these labels', { placeholder: 'labels' }),
  'escalate-after': wait('Tell others too when nobody has acknowledged it for so long; 0 for never'),
  'escalate-to': field('list', 'Those others', channels),
} as const satisfies Fields;

const name = field('text', 'Name, not taken by another route', { operand: 'one', required: true });
const createFields = { name, ...routeFields, channel: { ...routeFields.channel, required: true } } as const;

const testFields = {
  labels: field('list', 'Labels of the alert, with its severity', { required: true, placeholder: 'key=value' }),
} as const;

const duration = (ms: number) =>
  ms >= 3_600_000 ? `${ms / 3_600_000}h` : ms >= 60_000 ? `${ms / 60_000}m` : `${ms / 1000}s`;

const columns: Record<string, Column> = {
  ...common,
  place: item => item.place,
  match: item => item.match,
  channels: item => item.channels,
  continue: item => item.continue,
  group_by: item => item.group_by,
  timing: ({ group_wait, group_interval, repeat_interval }: Item) =>
    [group_wait, group_interval, repeat_interval].map(duration).join('/'),
  mute: item => item.mute,
  escalation: ({ escalate_after, escalate_to }: Item) =>
    escalate_after ? `${duration(escalate_after)}: ${escalate_to.join(', ')}` : null,
};

/** Routes: who is told of which alerts, and when. */
export const route = resource('route', {
  columns,
  defaults: ['place', 'name', 'match', 'channels', 'continue', 'group_by', 'timing', 'escalation'],
  wide: ['id', 'mute', 'age'],
  sortable: ['id', 'name', 'place'],
  order: ['place:asc', 'id:asc'],
  unlabelled: true,
  item: {
    id: field('integer', 'Id; 0 is the route of what no other one takes', { required: true }),
    name: field('text', 'Name', { required: true }),
    ...routeFields,
    created: field('time', 'When it was made'),
    updated: field('time', 'When it was changed last'),
  },
  verbs: {
    list: listUnlabelled('List routes, in the order in which they are asked'),
    describe: describe('Show all of a route'),
    create: create('Create a route: who is told of which alerts', createFields, {
      examples: [
        'all --channel ops --group-by check',
        'urgent --match severity=critical --channel pager --continue --place 1 --escalate-after 15m --escalate-to boss',
        "web --match server~web-.* --channel chat --mute '22:00-06:00' --zone Europe/Berlin",
      ],
    }),
    update: update('Change a route; what is not given stays, and an empty value takes it away', routeFields, {
      examples: ['all --channel ops,chat', 'web --repeat-interval 12h'],
    }),
    delete: remove('Delete routes', ({ name }) => [`route ${name}: what it took goes to the routes after it`]),
    test: verb({
      kind: 'list',
      summary: 'Show which routes would take an alert with these labels',
      fields: testFields,
      examples: ['--labels team=a,server=web-1,severity=warning'],
      operation: { method: 'GET', path: 'test' },
      run: async ({ api, resource, input }) => {
        const query = bodyOf(testFields, input) as Query;
        return {
          value: (await api.send<Record<string, Item[]>>('GET', `${resource.path}/test`, undefined, query)).routes,
        };
      },
    }),
  },
});
