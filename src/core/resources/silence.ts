import { ahead, field } from '../field.ts';
import { type Column, resource } from '../resource.ts';
import { create, describe, listUnlabelled, remove } from '../verbs.ts';
import { common } from './columns.ts';

const columns: Record<string, Column> = {
  ...common,
  match: item => (item.alert ? [item.alert] : item.match),
  author: item => item.author,
  reason: item => item.reason,
  state: item => item.state,
  starts: item => item.starts,
  ends: item => item.ends,
};

const states = ['active', 'ahead', 'over'] as const;
const fields = {
  match: field('repeat', 'Which alerts: team=a, severity!=critical, server~web-.*; all conditions hold', {
    required: true,
    placeholder: 'condition',
  }),
  reason: field('text', 'Why', { required: true, placeholder: 'text' }),
  for: field('duration', 'For how long', { default: 7_200_000, placeholder: 'duration' }),
  starts: field('time', 'From when on; now where absent', ahead),
};

/** Silences: alerts of which nothing is told for a while. */
export const silence = resource('silence', {
  columns,
  nameKey: 'id',
  defaults: ['id', 'match', 'author', 'reason', 'state', 'starts', 'ends'],
  sortable: ['id', 'ends'],
  order: ['id:desc'],
  unlabelled: true,
  item: {
    id: field('integer', 'Id', { required: true }),
    match: field('repeat', 'Which alerts', { required: true }),
    alert: field('text', 'The one alert that it is for; null where conditions choose'),
    author: field('text', 'Who made it', { required: true }),
    reason: field('text', 'Why', { required: true }),
    state: field('text', 'Whether it holds now', { required: true, choices: states }),
    starts: field('time', 'From when on', { required: true }),
    ends: field('time', 'Until when', { required: true }),
    created: field('time', 'When it was made', { required: true }),
  },
  verbs: {
    list: listUnlabelled('List silences'),
    describe: describe('Show all of a silence'),
    create: create('Tell nothing of some alerts for a while', fields, {
      examples: ["--match server~web-.* --for 2h --reason 'new kernel'"],
    }),
    delete: remove('End silences'),
  },
});
