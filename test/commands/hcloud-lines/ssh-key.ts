import type { Line } from './line.ts';

const publicKey = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIG5ld25ld25ld25ld25ld25ld25ld25ld25ld25ld25ld24= new';

export const sshKeyLines: readonly Line[] = [
  ['ssh-key list'],
  ['ssh-keys list -l env=prod -s name:desc -o columns=age,created,fingerprint,id,labels,name,public_key'],
  ['ssh-key list -o yaml'],
  ['ssh-key describe key'],
  ['key describe key -o json'],
  [`ssh-key create --name new --public-key '${publicKey}'`, 'POST ssh_keys', { name: 'new', public_key: publicKey }],
  [
    'ssh-key create --name new --public-key-from-file new.pub --label a=b',
    'POST ssh_keys',
    { name: 'new', public_key: publicKey, labels: { a: 'b' } },
  ],
  ['ssh-key add-label key a=b', 'PUT ssh_keys/$key', { labels: { a: 'b' } }],
  ['ssh-key add-label -o key a=b', 'PUT ssh_keys/$key', { labels: { a: 'b' } }],
  ['ssh-key remove-label key -a', 'PUT ssh_keys/$key', { labels: {} }],
  ['ssh-key update --name renamed key', 'PUT ssh_keys/$key', { name: 'renamed' }],
  ['ssh-key delete key', 'DELETE ssh_keys/$key'],
];
