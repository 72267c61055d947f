import { back, field } from '../field.ts';
import { type Column, resource, verb } from '../resource.ts';
import { call, describe, listUnlabelled } from '../verbs.ts';
import { common } from './columns.ts';

const results = ['begun', 'done', 'refused', 'failed'] as const;

const columns: Record<string, Column> = {
  id: common.id,
  at: item => item.at,
  age: item => new Date(item.at),
  actor: item => item.actor,
  action: item => item.action,
  target: ({ target_type: type, target_id: id, target_name: name }) =>
    [type, id, name === id ? '' : name].filter(Boolean).join(' '),
  result: item => item.result,
  reason: item => item.reason,
  of: item => item.of,
  request: item => item.request_id,
  address: item => item.address,
  difference: item => (item.difference === null ? null : JSON.stringify(item.difference)),
  hash: item => item.hash,
};

const filters = {
  actor: field('text', 'Only entries of this one', { placeholder: 'name' }),
  action: field('text', 'Only this action, such as schedule.create', { placeholder: 'action' }),
  target: field('text', 'Only what was done to this: its name or id', { placeholder: 'name' }),
  since: field('time', 'Only entries from this time on', back),
  result: field('list', 'Only entries with these results', { choices: results }),
};

/** Who did what to what, and what came of it: the daemon's log of changes, which nobody can alter unseen. */
export const audit = resource('audit', {
  nameKey: 'id',
  columns,
  defaults: ['id', 'at', 'actor', 'action', 'target', 'result', 'reason'],
  wide: ['of', 'request', 'address', 'difference'],
  sortable: ['id'],
  order: ['id:desc'],
  unlabelled: true,
  item: {
    id: field('integer', '1, 2, 3 ... without a gap', { required: true }),
    at: field('time', 'When', { required: true }),
    of: field('integer', 'The entry that this one tells the outcome of'),
    actor: field('text', 'Who', { required: true }),
    action: field('text', 'What, such as schedule.create', { required: true }),
    target_type: field('text', 'To what', { required: true }),
    target_id: field('text', 'Its id', { required: true }),
    target_name: field('text', 'Its name', { required: true }),
    request_id: field('text', 'The correlation id of the request'),
    address: field('text', 'Where the request came from'),
    result: field('text', 'What came of it', { required: true, choices: results }),
    reason: field('text', 'Why it was refused or failed, or which rule it was'),
    difference: field('labels', 'What changed, secrets as HMAC'),
    hash: field('text', 'SHA-256 over the hash before it and this entry', { required: true }),
  },
  verbs: {
    list: listUnlabelled('List entries, newest first', {
      ...filters,
      limit: field('integer', 'At most so many of them', { placeholder: 'number' }),
    }),
    describe: describe('Show all of an entry'),
    verify: verb({
      kind: 'describe',
      summary: 'Check that no entry was changed or taken away',
      fields: {},
      operation: { method: 'GET', path: 'verify' },
      run: ({ api, resource }) => call(api, 'GET', `${resource.path}/verify`),
    }),
  },
});

/** What chooses entries for a list and for an export. */
export const auditFilters = filters;
