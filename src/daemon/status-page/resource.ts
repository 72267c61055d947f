import { field } from '../../core/field.ts';
import { verb } from '../../core/resource.ts';
import { statusPage } from '../../core/status-page/fields.ts';
import type { Served } from '../api/routes.ts';

/** What those outside may know of checks. */
export const statusPageResource: Served = {
  name: 'status-page',
  path: 'status_page',
  key: 'status_page',
  title: 'status page',
  sortable: [],
  item: {
    title: field('text', 'Title', { required: true }),
    made: field('time', 'When it was made', { required: true }),
    state: field('text', 'How all of it is', {
      required: true,
      choices: ['up', 'partial', 'down', 'maintenance', 'unknown'],
    }),
  },
  verbs: {
    show: verb({
      kind: 'describe',
      summary: 'Show what a status page of some checks tells',
      fields: statusPage,
      operation: { method: 'GET', path: '' },
      run: async () => ({}),
    }),
  },
};
