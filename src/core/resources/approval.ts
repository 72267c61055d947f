import { field } from '../field.ts';
import { type Column, resource } from '../resource.ts';
import { action, describe, listUnlabelled } from '../verbs.ts';
import { common } from './columns.ts';

const approvalStates = ['waiting', 'approved', 'denied', 'used', 'expired'] as const;

const columns: Record<string, Column> = {
  id: common.id,
  requester: item => item.requester,
  request: item => `${item.method} ${item.path}`,
  project: item => item.project,
  target: item => item.target,
  name: item => item.target_name,
  permission: item => item.permission,
  state: item => item.state,
  decided_by: item => item.decided_by,
  decided: item => item.decided,
  created: common.created,
  age: common.age,
  expires: item => item.expires,
};

/** Approvals: requests that take a second person. */
export const approval = resource('approval', {
  nameKey: 'id',
  columns,
  defaults: ['id', 'age', 'requester', 'request', 'name', 'state', 'decided_by'],
  wide: ['project', 'permission', 'decided', 'expires'],
  sortable: ['id', 'created'],
  order: ['id:desc'],
  unlabelled: true,
  item: {
    id: field('integer', 'Id', { required: true }),
    requester: field('text', 'Who asked', { required: true }),
    project: field('text', 'The project of Hetzner'),
    method: field('text', 'What is to be sent: its method', { required: true }),
    path: field('text', 'and its path below /v1/', { required: true }),
    permission: field('text', 'The permission that takes a second person', { required: true }),
    target: field('text', 'What it is about: servers/12'),
    target_name: field('text', 'What that is called now; null where it is gone or Hetzner does not answer'),
    body: field('labels', 'Its body, secrets masked; null where it has none'),
    state: field('text', 'What became of it', { required: true, choices: approvalStates }),
    decided_by: field('text', 'Who approved or denied it'),
    decided: field('time', 'and when'),
    created: field('time', 'When it was asked for', { required: true }),
    expires: field('time', 'Until when it can be approved and used', { required: true }),
  },
  verbs: {
    list: listUnlabelled('List requests that take a second person', {
      state: field('list', 'Only those in these states; waiting where absent', { choices: approvalStates }),
    }),
    describe: describe('Show all of a request'),
    approve: action('approve', 'Let requests pass once; their requesters send them again'),
    deny: action('deny', 'Have requests not pass; who asked can withdraw them so'),
  },
});
