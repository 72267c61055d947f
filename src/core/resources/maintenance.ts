import { ahead, field } from '../field.ts';
import { type Column, resource } from '../resource.ts';
import { create, describe, listUnlabelled, remove } from '../verbs.ts';
import { common } from './columns.ts';

const fields = {
  name: field('text', 'What is done', { operand: 'one', required: true }),
  check: field('list', 'Checks it is about, by name or id; all where neither these nor labels are given', {
    key: 'checks',
    refers: { resource: 'check', as: 'name' },
  }),
  label: field('labels', 'Also all checks that have these labels', { key: 'labels', placeholder: 'key=value' }),
  start: field('time', 'When it begins; now where absent', ahead),
  end: field('time', 'When it ends', ahead),
  duration: field('duration', 'How long it takes, instead of --end', { placeholder: 'duration' }),
  cron: field('text', 'For one that comes again and again: when each begins', { placeholder: 'expression' }),
  zone: field('text', 'Time zone of --cron; UTC where absent', { placeholder: 'zone' }),
  reason: field('text', 'Why', { placeholder: 'text' }),
} as const;

const columns: Record<string, Column> = {
  ...common,
  checks: item => item.checks,
  labels: item => item.labels,
  state: item => item.state,
  next_start: item => item.next_start,
  next_end: item => item.next_end,
  cron: item => item.cron,
  zone: item => item.zone,
  reason: item => item.reason,
};

/** Times in which checks are worked on: they alert nobody, and it stays out of the uptime. */
export const maintenance = resource('maintenance', {
  columns,
  defaults: ['id', 'name', 'checks', 'labels', 'state', 'next_start', 'next_end', 'cron', 'reason'],
  wide: ['zone', 'age'],
  sortable: ['id', 'name', 'next_start'],
  unlabelled: true,
  item: {
    id: field('integer', 'Id', { required: true }),
    name: field('text', 'What is done', { required: true }),
    checks: field('list', 'Names of the checks it is about; all where there are none and no labels', {
      required: true,
    }),
    labels: field('labels', 'Labels of checks it is about', { required: true }),
    state: field('text', 'Whether it is on', { required: true, choices: ['active', 'planned', 'over'] }),
    next_start: field('time', 'When the window that is open began, or the next one begins'),
    next_end: field('time', 'When that one ends'),
    cron: field('text', 'When each of its windows begins; null for a single one'),
    duration: field('duration', 'How long each of them is; null for a single one'),
    zone: field('text', 'Time zone of the cron line', { required: true }),
    reason: field('text', 'Why'),
    created: field('time', 'When it was made', { required: true }),
  },
  verbs: {
    list: listUnlabelled('List maintenances, also those that are over'),
    describe: describe('Show all of a maintenance'),
    create: create('Plan a maintenance: once, or again and again', fields, {
      sample: {
        name: 'patches',
        labels: { env: 'prod' },
        cron: '0 3 * * 0',
        duration: 7_200_000,
        zone: 'Europe/Berlin',
      },
      examples: [
        "'new router' --start 30m --duration 1h",
        "'new kernel' --check web,db --duration 30m",
        "'new disks' --label env=prod --start 2026-12-01T22:00:00Z --end 2026-12-02T02:00:00Z",
        "patches --cron '0 3 * * 0' --duration 2h --zone Europe/Berlin",
      ],
    }),
    delete: remove('End maintenances, or have planned ones not come; what was stays out of the uptime'),
  },
});
