import { field } from '../field.ts';

/** What a page has where nothing else is said. */
export const pageDefaults = { title: 'Status', 'group-by': 'group' } as const;

/** Which checks a status page shows, and how: the flags of the command, and the query of the API. */
export const statusPage = {
  check: field('list', 'Checks to show: names, ids or patterns', {
    operand: 'many',
    refers: { resource: 'check', as: 'name' },
  }),
  selector: field('selector', 'Also all checks whose labels match', { short: 'l', key: 'label_selector' }),
  title: field('text', 'Its title', { default: pageDefaults.title, placeholder: 'text' }),
  'group-by': field('text', 'Label whose values are the groups', {
    default: pageDefaults['group-by'],
    placeholder: 'label',
  }),
  reasons: field('boolean', 'Also tell why something is down, in the words of the check, which may hold addresses'),
} as const;
