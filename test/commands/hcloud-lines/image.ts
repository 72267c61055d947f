import type { Line } from './line.ts';

export const imageLines: readonly Line[] = [
  ['image list'],
  ['images list -a x86,arm -t system -t snapshot -s name -l env=prod'],
  [
    'image list -o columns=age,architecture,bound_to,created,created_from,deprecated,description,disk_size,id,image_size,labels,name,os_flavor,os_version,protection,rapid_deploy,status,type',
  ],
  ['image list --type snapshot --output json'],
  ['image describe debian-13'],
  ['image describe -a arm debian-13 -o json'],
  ['image describe $snap'],
  ['image add-label $snap a=b', 'PUT images/$snap', { labels: { env: 'prod', a: 'b' } }],
  ['image remove-label $snap env', 'PUT images/$snap', { labels: {} }],
  ['image enable-protection $snap delete', 'POST images/$snap/actions/change_protection', { delete: true }],
  ['image disable-protection $snap delete', 'POST images/$snap/actions/change_protection', { delete: false }],
  ['image update --description text $snap', 'PUT images/$snap', { description: 'text' }],
  ['image update --type snapshot $backup', 'PUT images/$backup', { type: 'snapshot' }],
  ['image delete $snap', 'DELETE images/$snap'],
  ['image delete $snap $backup', 'DELETE images/$snap'],
];
