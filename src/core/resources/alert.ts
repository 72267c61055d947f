import { field } from '../field.ts';
import { type Column, resource } from '../resource.ts';
import { action, describe, listUnlabelled } from '../verbs.ts';
import { common } from './columns.ts';

const states = ['firing', 'pending', 'resolved'] as const;
const severities = ['info', 'warning', 'critical'] as const;

const columns: Record<string, Column> = {
  id: common.id,
  key: item => item.key,
  state: item => (item.silenced_until && item.state === 'firing' ? 'silenced' : item.state),
  severity: item => item.severity,
  summary: item => item.summary,
  labels: item => item.labels,
  started: item => item.started,
  ended: item => item.ended,
  since: item => new Date(item.pending_since ?? item.ended ?? item.started),
  fires: item => item.fires,
  acknowledged: item => item.acknowledged_by,
  silenced: item => item.silenced_until,
};

const when = (summary: string) => field('time', summary);
const text = (summary: string) => field('text', summary, { required: true });

/** Alerts: what is wrong, and what was lately. */
export const alert = resource('alert', {
  nameKey: 'key',
  columns,
  defaults: ['id', 'key', 'state', 'severity', 'summary', 'since', 'fires', 'acknowledged'],
  wide: ['labels', 'started', 'ended', 'silenced'],
  sortable: ['id', 'started', 'severity'],
  order: ['id:desc'],
  unlabelled: true,
  item: {
    id: field('integer', 'Id', { required: true }),
    key: text('What it is about, such as check/12'),
    state: field('text', 'Whether it is wrong now; pending is what fails and is not told of yet', {
      required: true,
      choices: states,
    }),
    severity: field('text', 'How bad it is', { required: true, choices: severities }),
    summary: text('One line'),
    labels: field('labels', 'What routes and silences choose by', { required: true }),
    details: field('labels', 'What else is known'),
    firings: field('integer', 'How often it has begun', { required: true }),
    started: field('time', 'When it began last', { required: true }),
    ended: when('When it was right again; null while it is wrong'),
    pending_since: when('Since when it is suspected; null where it is not'),
    fires: when('When it will fire at the earliest, if that goes on'),
    acknowledged: when('When somebody took it on'),
    acknowledged_by: field('text', 'Who did'),
    acknowledged_reason: field('text', 'And what they said'),
    silenced_until: when('Until when nothing is told of it'),
  },
  verbs: {
    list: listUnlabelled('List alerts: what is wrong now, and with --state what was', {
      state: field('list', 'Only alerts in these states; firing where absent', { choices: states }),
      severity: field('list', 'Only alerts so bad', { choices: severities }),
      match: field('repeat', 'Only alerts whose labels are so: team=a, severity!=info, server~web-.*', {
        placeholder: 'condition',
      }),
    }),
    describe: describe('Show all of an alert'),
    ack: action(
      'ack',
      'Take alerts on: they are not told again, and nobody else is called',
      { reason: field('text', 'What is being done', { placeholder: 'text' }) },
      { examples: ["check/12 --reason 'looking at it'"] },
    ),
    silence: action(
      'silence',
      'Tell nothing of alerts for a while',
      {
        for: field('duration', 'For how long', { default: 7_200_000, placeholder: 'duration' }),
        reason: field('text', 'Why', { required: true, placeholder: 'text' }),
      },
      { examples: ["check/12 --for 4h --reason 'planned work'"] },
    ),
    unsilence: action('unsilence', 'Tell of alerts again'),
  },
});
