import { Failure } from '../failure.ts';
import { field } from '../field.ts';
import { resource } from '../resource.ts';
import { call, create, describe, labels, list, remove, update } from '../verbs.ts';
import { common } from './columns.ts';

const fields = {
  name: field('text', 'Name', { required: true }),
  'public-key': field('text', 'Public key, as in a .pub file', { placeholder: 'key' }),
  'public-key-from-file': field('text', 'Read the public key from a file, - for standard input', {
    placeholder: 'file',
  }),
  label: field('labels', 'Label', { key: 'labels' }),
};

/** SSH keys that are put into new servers and rescue systems. */
export const sshKey = resource('ssh-key', {
  columns: { ...common, fingerprint: item => item.fingerprint, public_key: item => item.public_key },
  defaults: ['id', 'name', 'fingerprint', 'age'],
  wide: ['labels', 'public_key'],
  sortable: ['id', 'name'],
  verbs: {
    list: list('List SSH keys'),
    describe: describe('Show all of an SSH key'),
    create: create('Add an SSH key', fields, {
      examples: ['--name laptop --public-key-from-file ~/.ssh/id_ed25519.pub'],
      run: async ({ api, resource, input, readFile }) => {
        const key = await readKey(input['public-key'], input['public-key-from-file'], readFile);
        const labels = input.label ? { labels: input.label } : {};
        return call(api, 'POST', resource.path, { name: input.name, public_key: key, ...labels });
      },
    }),
    update: update(
      'Rename an SSH key',
      { name: field('text', 'New name') },
      { examples: ['laptop --name old-laptop'] },
    ),
    delete: remove('Delete SSH keys; servers keep those they have', item => [`SSH key ${item.name}`]),
    ...labels('SSH key'),
  },
});

async function readKey(
  typed: string | undefined,
  path: string | undefined,
  readFile: (path: string) => Promise<Buffer>,
): Promise<string> {
  if ((typed === undefined) === (path === undefined)) {
    throw new Failure('usage', 'give --public-key or --public-key-from-file, one of the two');
  }
  const key = (typed ?? (await readFile(path!)).toString('utf8')).trim();
  const from = path === undefined ? '--public-key' : path === '-' ? 'standard input' : path;
  if (/PRIVATE KEY/.test(key)) {
    throw new Failure('usage', `${from} holds a private key`, { hint: 'Give the public one, which ends in .pub' });
  }
  if (!/^[a-z0-9@.-]+ [A-Za-z0-9+/=]{40,}( .*)?$/.test(key)) {
    throw new Failure('usage', `${from} holds no public key`, { hint: 'One line such as ssh-ed25519 AAAA... name' });
  }
  return key;
}
