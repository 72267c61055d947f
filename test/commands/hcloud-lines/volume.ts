import type { Line } from './line.ts';

export const volumeLines: readonly Line[] = [
  ['volume list'],
  [
    'volumes list -l env=prod -s name -o columns=age,created,id,labels,linux_device,location,name,protection,server,size,status',
  ],
  ['volume list -o json'],
  ['volume describe vol'],
  ['volume describe -o json vol'],
  ['volume add-label vol a=b', 'PUT volumes/$vol', { labels: { env: 'prod', a: 'b' } }],
  ['volume add-label --overwrite vol env=b', 'PUT volumes/$vol', { labels: { env: 'b' } }],
  ['volume remove-label vol env', 'PUT volumes/$vol', { labels: {} }],
  ['volume remove-label vol --all', 'PUT volumes/$vol', { labels: {} }],
  ['volume attach --server off vol', 'POST volumes/$vol/actions/attach', { server: '$off' }],
  [
    'volume attach --automount --server off vol',
    'POST volumes/$vol/actions/attach',
    { server: '$off', automount: true },
  ],
  ['volume detach held', 'POST volumes/$held/actions/detach'],
  ['volume create --name new --size 20 --location fsn1', 'POST volumes', { name: 'new', size: 20, location: 'fsn1' }],
  [
    'volume create --name new --size 20 --server off --automount --format ext4 --label a=b -o json',
    'POST volumes',
    { name: 'new', size: 20, server: '$off', automount: true, format: 'ext4', labels: { a: 'b' } },
  ],
  [
    'volume create --name new --size 20 --location fsn1 --enable-protection delete',
    'POST volumes',
    { name: 'new', size: 20, location: 'fsn1' },
  ],
  ['volume delete vol', 'DELETE volumes/$vol'],
  ['volume enable-protection vol delete', 'POST volumes/$vol/actions/change_protection', { delete: true }],
  ['volume disable-protection vol delete', 'POST volumes/$vol/actions/change_protection', { delete: false }],
  ['volume resize --size 40 vol', 'POST volumes/$vol/actions/resize', { size: 40 }],
  ['volume update --name renamed vol', 'PUT volumes/$vol', { name: 'renamed' }],
];
