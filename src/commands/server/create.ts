import { field, type Input } from '../../core/field.ts';
import { apiExits, command, outputFields, rehearseFields, waitFields } from '../command.ts';

const named = (resource: string) => ({ refers: { resource, as: 'name' } }) as const;

/** Flags of `server create`. Those that must be given are asked for on a terminal, so the parser lets them be missing. */
export const createFields = {
  name: field('text', 'Name, required; {n} is the number with --count'),
  type: field('list', 'Server type, required; several are tried in order when out of stock', named('server-type')),
  image: field('text', 'Image, required, by name or id', named('image')),
  location: field('list', 'Location; several are tried in order when out of stock', named('location')),
  'ssh-key': field('list', 'SSH key by name, id or path of the public key', named('ssh-key')),
  'user-data-from-file': field('repeat', 'Read cloud-init user data from a file, - for standard input', {
    placeholder: 'file',
  }),
  'user-data': field('repeat', 'The same as --user-data-from-file', { placeholder: 'file' }),
  label: field('labels', 'Label'),
  network: field('list', 'Attach to a network', named('network')),
  firewall: field('list', 'Put behind a firewall', named('firewall')),
  volume: field('list', 'Attach a volume', named('volume')),
  automount: field('boolean', 'Mount the volumes'),
  'placement-group': field('text', 'Put into a placement group', named('placement-group')),
  'primary-ipv4': field('text', 'Use this primary IPv4 address', named('primary-ip')),
  'primary-ipv6': field('text', 'Use this primary IPv6 network', named('primary-ip')),
  'without-ipv4': field('boolean', 'No public IPv4 address', { default: false }),
  'without-ipv6': field('boolean', 'No public IPv6 network', { default: false }),
  'start-after-create': field('boolean', 'Start the server', { default: true }),
  'enable-backup': field('boolean', 'Daily backups, for a fifth of the price of the server', { default: false }),
  'enable-protection': field('list', 'Protect the server; Hetzner takes both or none', {
    choices: ['delete', 'rebuild'],
    placeholder: 'levels',
  }),
  'allow-deprecated-image': field('boolean', 'Take an image that is deprecated', { default: false }),
  datacenter: field('text', 'Gone from the API: use --location', { hidden: true }),
  count: field('integer', 'Create several servers; the result is an array', { placeholder: 'number' }),
  ensure: field('boolean', 'Complete the server of that name when there is one', { default: false }),
  ...rehearseFields,
  ...waitFields,
  ...outputFields,
};

export type CreateInput = Input<typeof createFields>;

/** `server create`: one server or several, at the first type and location in stock. */
export const create = command({
  name: 'create',
  summary: 'Create servers',
  description: [
    'On a terminal, what is missing is asked for, and the price is shown and agreed to before anything is created (--yes agrees).',
    '--type cx23,cx33 --location fsn1,nbg1 tries each type in each location, the first type everywhere first. Pairs that Hetzner says are out of stock are tried last.',
    '--ensure makes the command safe to repeat: a server of that name with the same type, image, location and addresses gets what it lacks (labels, networks, volumes, firewalls, protection, backups, power), another one is refused. Name SSH keys with it, since a root password is told only by the run that creates the server.',
    'Protection and backups can be asked for only when the server is there, so --no-wait waits for the create itself where one of them is given.',
  ].join('\n\n'),
  fields: createFields,
  examples: [
    'cloudctl server create --name web-1 --type cx23 --image debian-13 --location fsn1 --ssh-key laptop',
    'cloudctl server create --name web-1 --type cx23,cpx22 --location fsn1,nbg1,hel1 --image debian-13 --ssh-key ~/.ssh/id_ed25519.pub',
    "cloudctl server create --name 'web-{n}' --count 3 --type cx23 --image debian-13 --label role=web -o json",
    'cloudctl server create --ensure --name db-1 --type ccx13 --image debian-13 --enable-backup --enable-protection delete,rebuild --user-data cloud-init.yaml',
  ],
  exits: [...apiExits, 'not_found', 'refused', 'conflict', 'partial'],
  run: async (session, input) => {
    const { createServers } = await import('./create-run.ts');
    await createServers(session, input);
  },
});
