import { field } from '../../core/field.ts';
import { verb } from '../../core/resource.ts';
import { listUnlabelled } from '../../core/verbs.ts';
import type { Served } from '../api/routes.ts';

const metric = field('list', 'Only these series: cpu, network, disk.0.iops.read ...; all where absent');

/** What the daemon has measured of each server, and how fresh it is. */
export const sample: Served = {
  name: 'sample',
  path: 'samples',
  key: 'sample',
  title: 'samples of a server',
  sortable: ['id'],
  item: {
    id: field('integer', 'Id of the server', { required: true }),
    name: field('text', 'Name of the server', { required: true }),
    status: field('text', 'What it was doing when the servers were listed last', { required: true }),
    type: field('text', 'Its server type', { required: true }),
    cores: field('integer', 'Its cores: the processor percent is added up over them', { required: true }),
    labels: field('labels', 'Its labels', { required: true }),
    backups: field('boolean', "Whether Hetzner's own backups are switched on", { required: true }),
    newest: field('time', 'When the newest sample was taken; null when there is none'),
    lag: field('duration', 'How old that one is; what watches the metrics sees nothing newer'),
    behind: field('boolean', 'Whether older samples are still to be asked for', { required: true }),
    series: field('labels', 'By series: the last value, and means of the last hour, null where there is none', {
      required: true,
    }),
  },
  verbs: {
    list: listUnlabelled('List the servers with what was measured of each in the last hour', { metric }),
    history: verb({
      kind: 'describe',
      summary:
        'Show what was measured of a server, in the shape of the metrics of Hetzner, with least and greatest values',
      fields: {
        metric,
        start: field('time', 'From this time; a day before the end where absent'),
        end: field('time', 'To this time; now where absent'),
        step: field('integer', 'Seconds between values; so many that there are at most 500 where absent'),
      },
      operation: { method: 'GET', path: ':id/history' },
      run: async () => ({}),
    }),
  },
};
