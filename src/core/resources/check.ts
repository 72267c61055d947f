import { kindNames } from '../checks/kinds.ts';
import { policyFields, severities } from '../checks/policy.ts';
import { allSettings } from '../checks/settings.ts';
import { field } from '../field.ts';
import { type Column, type Item, resource, verb } from '../resource.ts';
import { withFiles } from '../settings.ts';
import { action, call, create, describe, list, remove, update } from '../verbs.ts';
import { common } from './columns.ts';

const states = ['new', 'up', 'down', 'unknown'] as const;

const shared = {
  ...policyFields,
  label: field('labels', 'Labels that alerts are routed by', { key: 'labels', placeholder: 'key=value' }),
  parent: field('text', 'Check that this one depends on: while that is down this one alerts nobody; empty for none', {
    refers: { resource: 'check', as: 'name' },
    placeholder: 'check',
  }),
} as const;

const settings = allSettings();
const changeable = { ...settings, ...shared };

const createFields = {
  name: field('text', 'Name, not taken by another check', { operand: 'one', required: true }),
  type: field('text', 'What kind of check it is', { required: true, choices: kindNames }),
  ...settings,
  ...shared,
  paused: field('boolean', 'Do not look until it is resumed'),
};

const columns: Record<string, Column> = {
  ...common,
  type: item => item.type,
  target: item => item.target,
  state: item => (item.paused ? 'paused' : item.flapping ? `${item.state}, flapping` : item.state),
  since: item => (item.since ? new Date(item.since) : null),
  message: item => item.message,
  checked: item => (item.checked ? new Date(item.checked) : null),
  interval: item => `${item.interval / 1000}s`,
  severity: item => item.severity,
  parent: item => item.parent,
  maintenance: item => item.maintenance?.from,
  value: item => item.value,
};

const when = (summary: string) => field('time', summary);

/** Things that the daemon watches. */
export const check = resource('check', {
  columns,
  defaults: ['id', 'name', 'type', 'target', 'state', 'since', 'message'],
  wide: ['checked', 'interval', 'severity', 'parent', 'labels', 'maintenance'],
  sortable: ['id', 'name', 'created', 'state', 'since'],
  item: {
    id: field('integer', 'Id', { required: true }),
    name: field('text', 'Name', { required: true }),
    type: field('text', 'What kind of check it is', { required: true, choices: kindNames }),
    target: field('text', 'What is watched, in a word'),
    settings: field('labels', 'What its kind was told', { required: true }),
    interval: field('duration', 'How often it is looked', { required: true }),
    within: field('duration', 'How long an answer may take', { required: true }),
    for: field('duration', 'How long it has to fail before it is down', { required: true }),
    count: field('integer', 'How often in a row it has to fail before it is down', { required: true }),
    recover_count: field('integer', 'How often in a row it has to succeed before it is up again', { required: true }),
    clear: field('decimal', 'Value to be passed before it is up again'),
    severity: field('text', 'How bad it is when it is down', { required: true, choices: severities }),
    labels: field('labels', 'Labels', { required: true }),
    parent: field('text', 'Name of the check that it depends on'),
    paused: field('boolean', 'It is not looked', { required: true }),
    state: field('text', 'What it is said to be', { required: true, choices: states }),
    since: when('Since when'),
    flapping: field('boolean', 'It goes up and down again and again', { required: true }),
    checked: when('When it was looked last'),
    outcome: field('text', 'What the last look found', { choices: ['up', 'down', 'unknown'] }),
    message: field('text', 'The same in words'),
    value: field('decimal', 'What was measured, where there is a threshold'),
    timings: field('labels', 'Milliseconds of the last look, by phase'),
    next_run: when('When it is looked next; null while it is paused'),
    maintenance: field('labels', 'The window of maintenance that is open or comes next: name, from, to'),
    beat: when('When the last sign of life came, of a push check'),
    created: field('time', 'When it was made', { required: true }),
    updated: field('time', 'When it was changed last', { required: true }),
  },
  verbs: {
    list: list('List checks', {
      state: field('list', 'Only checks in these states', { choices: states }),
      type: field('list', 'Only checks of these kinds', { choices: kindNames }),
    }),
    describe: verb({
      ...describe('Show all of a check: its states, its newest results, the next maintenance'),
      // A list has no histories.
      run: async ({ api, resource, item }) => {
        const found = await api.send<{ check: Item }>('GET', `${resource.path}/${item.id}`);
        return { value: found.check };
      },
    }),
    create: withFiles(
      create('Create a check', createFields, {
        sample: { name: 'db', type: 'tcp', host: 'db.example.com', port: 5432, interval: 30_000 },
        examples: [
          'web --type http --url https://www.example.com/health --keyword ok --min-days 14',
          'api --type http --url https://api.example.com/status --json-path status --json-value ok --interval 30s',
          'db --type tcp --host db.example.com --port 5432 --parent web',
          'name --type dns --host www.example.com --nameserver 9.9.9.9 --answer 192.0.2.1',
          'nightly --type push --every 24h --grace 2h',
          'web-1 --type state --server web-1',
          'load --type metric --server web-1 --above 90 --clear 70 --for 10m',
          'costs --type budget --budget 50 --clear 45',
          'private --type http --url https://api.example.com/health --secret-headers-file headers.secret',
        ],
      }),
    ),
    update: withFiles(
      update('Change a check; what is not given stays, and an empty text takes a setting away', changeable, {
        sample: { interval: 30_000, count: 2, labels: { env: 'prod' } },
        examples: ['web --interval 30s --count 2', "db --parent ''"],
      }),
    ),
    delete: remove('Delete checks', ({ name }) => [`the history and the uptime of check ${name}`]),
    pause: action('pause', 'Look no longer until it is resumed; what is alerted of it ends'),
    resume: action('resume', 'Look again after a pause'),
    test: verb({
      kind: 'describe',
      summary: 'Look now and show what is found; nothing is recorded and nobody is alerted',
      fields: {},
      operation: { method: 'POST', path: ':id/actions/test' },
      run: ({ api, resource, item }) => call(api, 'POST', `${resource.path}/${item.id}/actions/test`),
    }),
    push: action(
      'push',
      'Give push checks a sign of life',
      {
        failed: field('boolean', 'Say that the work has failed'),
        message: field('text', 'What there is to say about it', { placeholder: 'text' }),
      },
      { examples: ['nightly', "nightly --failed --message 'disk full'"] },
    ),
  },
});
