import type { Operation } from '../operation.ts';
import { collection, operation } from './collection.ts';

const box = 'storage_boxes/{id}';
const snapshot = `${box}/snapshots/{snapshot_id}`;
const account = `${box}/subaccounts/{subaccount_id}`;
const password = { secretInput: ['password'] } as const;

/** Storage boxes, with what is within them: a snapshot or a subaccount is whose its box is. */
export const storageBoxes: readonly Operation[] = [
  ...collection('storage_boxes', {
    // Its SSH keys are the keys themselves, not names of some that are there.
    create: password,
    deeds: {
      change_protection: 'protect',
      change_type: ['resize', { counts: 'more' }],
      enable_snapshot_plan: 'update',
      disable_snapshot_plan: 'update',
      reset_password: ['takeover', password],
      update_access_settings: 'takeover',
      rollback_snapshot: 'rollback',
    },
  }),
  operation('GET', `${box}/folders`, 'storage_boxes:read'),
  operation('GET', `${box}/snapshots`, 'storage_boxes:read'),
  operation('POST', `${box}/snapshots`, 'storage_boxes:update'),
  operation('GET', snapshot, 'storage_boxes:read'),
  operation('PUT', snapshot, 'storage_boxes:update'),
  // Data go with a snapshot and with a subaccount: more than an update.
  operation('DELETE', snapshot, 'storage_boxes:drop'),
  operation('GET', `${box}/subaccounts`, 'storage_boxes:read'),
  operation('POST', `${box}/subaccounts`, 'storage_boxes:update', password),
  operation('GET', account, 'storage_boxes:read'),
  operation('PUT', account, 'storage_boxes:update'),
  operation('DELETE', account, 'storage_boxes:drop'),
  operation('POST', `${account}/actions/change_home_directory`, 'storage_boxes:update'),
  operation('POST', `${account}/actions/reset_subaccount_password`, 'storage_boxes:takeover', password),
  operation('POST', `${account}/actions/update_access_settings`, 'storage_boxes:takeover'),
];
