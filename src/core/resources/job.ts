import { field } from '../field.ts';
import { type Column, resource } from '../resource.ts';
import { action, describe, listUnlabelled, remove } from '../verbs.ts';
import { common } from './columns.ts';

const states = ['waiting', 'active', 'done', 'dead'] as const;

const columns: Record<string, Column> = {
  ...common,
  key: item => item.key,
  state: item => item.state,
  run_at: item => item.run_at,
  attempts: item => item.attempts,
  worker: item => item.worker,
  error: item => item.error?.message,
  error_code: item => item.error?.code,
  finished: item => item.finished,
};

/** What the daemon has to do, does and has done. */
export const job = resource('job', {
  nameKey: 'key',
  columns,
  defaults: ['id', 'name', 'key', 'state', 'run_at', 'attempts', 'error'],
  wide: ['age', 'worker', 'error_code', 'finished'],
  sortable: ['id'],
  order: ['id:desc'],
  unlabelled: true,
  item: {
    id: field('integer', 'Id', { required: true }),
    name: field('text', 'What it is about', { required: true }),
    key: field('text', 'Two jobs never have the same one', { required: true }),
    state: field('text', 'Dead ones have failed as often as they may', { required: true, choices: states }),
    run_at: field('time', 'When it is due, or was', { required: true }),
    attempts: field('integer', 'How often it has failed', { required: true }),
    worker: field('text', 'The process that holds it'),
    lease_until: field('time', 'Until when that one holds it'),
    payload: field('labels', 'What it needs to know', { required: true }),
    error: field('labels', 'Its last failure: code and message'),
    created: field('time', 'When it was added', { required: true }),
    finished: field('time', 'When it was done or died'),
  },
  verbs: {
    list: listUnlabelled('List jobs, newest first', {
      state: field('list', 'Only jobs in these states', { choices: states }),
    }),
    describe: describe('Show all of a job'),
    retry: action('retry', 'Try dead jobs again, now'),
    drop: remove('Give jobs up that wait or are dead', ({ key }) => [`job ${key}: what it was to do is not done`]),
  },
});
