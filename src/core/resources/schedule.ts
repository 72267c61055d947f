import { type Field, type Fields, field } from '../field.ts';
import { type Column, type Item, resource, verb } from '../resource.ts';
import { action, call, create, describe, listUnlabelled, remove, update } from '../verbs.ts';
import { common } from './columns.ts';

const hour = 3_600_000;
const server = { refers: { resource: 'server', as: 'name' } } as const;
const count = (summary: string) => field('integer', summary, { placeholder: 'number' });

/** What a schedule is asked to do, as it can be given: all of it optional, nothing preset. */
export const scheduleFields = {
  server: field('list', 'Servers to back up, by name or id', { ...server, key: 'servers' }),
  selector: field('text', 'Also all servers whose labels match; empty for none', {
    short: 'l',
    placeholder: 'selector',
    ...server,
  }),
  exclude: field('list', 'Servers that the selector must not take', server),
  cron: field('text', 'When: five fields of cron, or six with seconds first', { placeholder: 'expression' }),
  zone: field('text', 'Time zone of the schedule, such as Europe/Berlin', { placeholder: 'zone' }),
  'keep-last': count('Keep the newest images, so many'),
  'keep-hourly': count('Keep the newest image of so many hours'),
  'keep-daily': count('Keep the newest image of so many days'),
  'keep-weekly': count('Keep the newest image of so many weeks'),
  'keep-monthly': count('Keep the newest image of so many months'),
  'keep-yearly': count('Keep the newest image of so many years'),
  'keep-within': field('duration', 'Keep all images made within this time before the newest good one', {
    placeholder: 'duration',
  }),
  'min-keep': count('Good images of a server that are never deleted, at least 1'),
  shutdown: field('boolean', 'Shut the server down for the time of the image, and start it again'),
  before: field('text', "Command of the daemon's configuration to run before each image; empty for none", {
    placeholder: 'name',
  }),
  after: field('text', 'The same after each image, whatever became of it; empty for none', { placeholder: 'name' }),
  window: field('duration', 'How late a run that was missed may still begin', { placeholder: 'duration' }),
  jitter: field('duration', 'Begin later by up to this, spread over the servers', { placeholder: 'duration' }),
  grace: field('duration', 'How long an image is only marked before it is deleted', { placeholder: 'duration' }),
  'max-monthly-cost': field('decimal', 'Euros a month that the images may cost together; 0 for no limit', {
    placeholder: 'euros',
  }),
  'verify-cron': field('text', 'When to restore an image as a test, in the same zone; empty for never', {
    placeholder: 'expression',
  }),
} as const;

/** What a new schedule has where nothing else is said; durations in milliseconds. The zone of this machine would not be the daemon's. */
const presets = { zone: 'UTC', 'min-keep': 1, window: 4 * hour, jitter: 0, grace: 24 * hour } as const;

type Preset<F extends Fields> = {
  readonly [K in keyof F]: K extends keyof typeof presets ? F[K] & { readonly default: (typeof presets)[K] } : F[K];
};

function preset<F extends Fields>(fields: F): Preset<F> {
  const entries = Object.entries(fields).map(([name, declared]): [string, Field] => [
    name,
    name in presets ? { ...declared, default: presets[name as keyof typeof presets] } : declared,
  ]);
  return Object.fromEntries(entries) as Preset<F>;
}

const name = field('text', 'Name, not taken by another schedule', { operand: 'one', required: true });
const createFields = { name, ...preset(scheduleFields), cron: { ...scheduleFields.cron, required: true } } as const;

const time = (item: Item, key: string) => (item[key] ? new Date(item[key]) : null);

const columns: Record<string, Column> = {
  id: common.id,
  name: common.name,
  servers: item => item.servers,
  selector: item => item.selector,
  exclude: item => item.exclude,
  cron: item => item.cron,
  zone: item => item.zone,
  keep: describeKeep,
  state: item => (item.approval_since ? 'waits for approval' : item.paused ? 'paused' : item.state),
  next_run: item => item.next_run,
  last_run: item => time(item, 'last_run'),
  next_verify: item => item.next_verify,
  last_verify: item => time(item, 'last_verify'),
  shutdown: item => item.shutdown,
  created: common.created,
  age: common.age,
};

/** Retention in a few words: `last 3, daily 7, within 14d`. */
function describeKeep(item: Item): string {
  const counts = ['last', 'hourly', 'daily', 'weekly', 'monthly', 'yearly'].filter(rule => item[`keep_${rule}`]);
  const days = item.keep_within ? [`within ${item.keep_within / (24 * hour)}d`] : [];
  return [...counts.map(rule => `${rule} ${item[`keep_${rule}`]}`), ...days].join(', ');
}

const when = (summary: string) => field('time', summary);

/** Schedules of backups, kept by the daemon. */
export const schedule = resource('schedule', {
  columns,
  defaults: ['id', 'name', 'servers', 'selector', 'cron', 'zone', 'keep', 'state', 'next_run', 'last_run'],
  wide: ['exclude', 'next_verify', 'last_verify', 'shutdown', 'age'],
  sortable: ['id', 'name', 'created', 'next_run', 'last_run'],
  unlabelled: true,
  item: {
    id: field('integer', 'Id', { required: true }),
    name: field('text', 'Name', { required: true }),
    ...scheduleFields,
    paused: field('boolean', 'Nothing is made and nothing deleted while it is', { required: true }),
    state: field('text', 'Whether its backups are as young as they have to be', {
      required: true,
      choices: ['new', 'ok', 'late', 'stale'],
    }),
    next_run: when('When it is due next; null while it is paused'),
    last_run: when('When it was due last'),
    next_verify: when('When a restore test is due next'),
    last_verify: when('When one was due last'),
    approval_since: when('Since when a change waits for an approval before anything is deleted'),
    created: field('time', 'When it was made', { required: true }),
    updated: field('time', 'When it was changed last', { required: true }),
  },
  verbs: {
    list: listUnlabelled('List schedules'),
    describe: describe('Show all of a schedule'),
    create: create('Create a schedule', createFields, {
      examples: [
        "nightly --server web-1 --cron '0 3 * * *' --zone Europe/Berlin --keep-last 3 --keep-daily 7",
        "prod -l env=prod --exclude web-9 --cron '30 2 * * *' --keep-daily 7 --keep-weekly 4 --keep-monthly 12",
      ],
    }),
    update: update('Change a schedule; what is not given stays', scheduleFields, {
      examples: ['nightly --keep-daily 14', "nightly --cron '0 4 * * *' --shutdown"],
    }),
    delete: remove('Delete schedules; their images stay and are managed no longer', ({ name }) => [
      `schedule ${name}: its images stay, and go on costing until they are deleted by hand`,
    ]),
    pause: action('pause', 'Make and delete nothing until it is resumed'),
    resume: action('resume', 'Let schedules go on after a pause'),
    run: action('run', 'Back up now, whatever the hour'),
    approve: action('approve', 'Allow the deletions that a change of the schedule has made necessary'),
    plan: verb({
      kind: 'describe',
      summary: 'Show what the schedule would do now: each image, why it stays or goes, and its price',
      fields: {},
      operation: { method: 'GET', path: ':id/plan' },
      run: ({ api, resource, item }) => call(api, 'GET', `${resource.path}/${item.id}/plan`),
    }),
  },
});
