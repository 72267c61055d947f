import { field } from '../../core/field.ts';
import { verb } from '../../core/resource.ts';
import type { Served } from './routes.ts';

const run = async () => ({});

/** The daemon itself: what it is doing, and the switch that stops every deletion. */
export const daemon: Served = {
  name: 'daemon',
  path: '',
  key: 'status',
  title: 'daemon',
  sortable: [],
  item: {
    version: field('text', 'Version of the program', { required: true }),
    started: field('time', 'When it was started', { required: true }),
    store: field('text', 'Where the truth is', { required: true, choices: ['sqlite', 'mysql'] }),
    frozen: field('labels', 'Who stopped all deletions, when (`since`) and why; null when nobody did'),
    jobs: field('labels', 'How many jobs are waiting, active and failed', { required: true }),
  },
  verbs: {
    status: verb({
      kind: 'describe',
      summary: 'Show how the daemon is',
      fields: {},
      operation: { method: 'GET', path: 'status' },
      run,
    }),
    freeze: verb({
      kind: 'change',
      summary: 'Stop every automated deletion at once',
      fields: { reason: field('text', 'Why') },
      operation: { method: 'POST', path: 'freeze' },
      run,
    }),
    unfreeze: verb({
      kind: 'change',
      summary: 'Let deletions go on',
      fields: {},
      operation: { method: 'POST', path: 'unfreeze' },
      run,
    }),
  },
};
