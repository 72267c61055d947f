import { writeDuration } from '../backup/words.ts';
import { field } from '../field.ts';
import { type Column, type Item, resource } from '../resource.ts';
import { listUnlabelled } from '../verbs.ts';

const length = (key: string): Column => {
  return (item: Item) => (typeof item[key] === 'number' ? writeDuration(Math.floor(item[key] / 1000) * 1000) : null);
};

const columns: Record<string, Column> = {
  id: item => item.id,
  name: item => item.name,
  month: item => item.month,
  uptime: item => (typeof item.uptime === 'number' ? `${item.uptime.toFixed(4)} %` : null),
  outages: item => item.outages,
  up: length('up'),
  down: length('down'),
  unknown: length('unknown'),
  maintenance: length('maintenance'),
  unwatched: length('unwatched'),
};

const sum = (summary: string) => field('duration', summary, { required: true });

/** How long each check was up in a month. */
export const uptime = resource('uptime', {
  columns,
  defaults: Object.keys(columns).filter(name => name !== 'id' && name !== 'up' && name !== 'unwatched'),
  wide: ['up', 'unwatched'],
  sortable: ['id', 'name', 'uptime', 'down'],
  unlabelled: true,
  item: {
    id: field('integer', 'Id of the check', { required: true }),
    name: field('text', 'Its name', { required: true }),
    month: field('text', 'The month of UTC: 2026-11', { required: true }),
    uptime: field('decimal', 'Percent up of the time that it was up or down; null where it was neither'),
    outages: field('integer', 'How often it went down', { required: true }),
    up: sum('How long it was up'),
    down: sum('How long it was down, maintenance left out'),
    unknown: sum('How long it could not be told'),
    maintenance: sum('How long it was worked on'),
    unwatched: sum('Before it was made, while it was paused, and what is still to come'),
  },
  verbs: {
    list: listUnlabelled('Show how long each check was up in a month', {
      check: field('text', 'Only this check, by name or id', {
        operand: 'optional',
        refers: { resource: 'check', as: 'name' },
      }),
      month: field('text', 'Month of UTC, such as 2026-11; this one where absent', { placeholder: 'month' }),
    }),
  },
});
