import type { Operation } from '../operation.ts';
import { collection, type More, operation } from './collection.ts';

const keyIn = (place: string) => `${place}primary_nameservers[].tsig_key`;
// Who may only read a zone must not be able to speak to its primary name servers in its name.
const answersKey = (place: string): More => ({ secretOutput: [keyIn(place)], secretsNeed: 'zones:update' });
const takesKey: More = { secretInput: [keyIn('')] };

const zone = 'zones/{id_or_name}';
const rrset = `${zone}/rrsets/{rr_name}/{rr_type}`;

/** DNS. */
export const zones: readonly Operation[] = [
  ...collection('zones', {
    key: '{id_or_name}',
    list: answersKey('zones[].'),
    item: answersKey('zone.'),
    create: { ...takesKey, ...answersKey('zone.') },
    update: answersKey('zone.'),
    deeds: {
      change_primary_nameservers: ['update', takesKey],
      change_protection: 'protect',
      change_ttl: 'update',
      // It writes all records anew, those too that nobody looked at: more than an update.
      import_zonefile: 'import',
    },
  }),
  operation('GET', `${zone}/zonefile`, 'zones:read'),
  operation('GET', `${zone}/rrsets`, 'zones:read'),
  operation('POST', `${zone}/rrsets`, 'zones:records'),
  operation('GET', rrset, 'zones:read'),
  operation('PUT', rrset, 'zones:records'),
  operation('DELETE', rrset, 'zones:records'),
  operation('POST', `${rrset}/actions/add_records`, 'zones:records'),
  operation('POST', `${rrset}/actions/remove_records`, 'zones:records'),
  operation('POST', `${rrset}/actions/set_records`, 'zones:records'),
  operation('POST', `${rrset}/actions/update_records`, 'zones:records'),
  operation('POST', `${rrset}/actions/change_ttl`, 'zones:records'),
  operation('POST', `${rrset}/actions/change_protection`, 'zones:protect'),
];
