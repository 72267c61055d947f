import { HETZNER_ENDPOINT } from '../config/endpoint.ts';
import { Failure } from '../failure.ts';
import { type Fields, field } from '../field.ts';
import { type Column, resource } from '../resource.ts';
import { withFiles } from '../settings.ts';
import { action, bodyOf, call, create, describe, listUnlabelled, remove, update } from '../verbs.ts';
import { common } from './columns.ts';

const token = field('text', 'File that has the token of the project (- is standard input)', {
  key: 'token',
  placeholder: 'file',
  required: true,
  secret: true,
});
const expires = field('time', 'When the token ends; an alert tells 14 days before', { placeholder: 'time' });
const unchecked = (what: string) => field('boolean', `Do not ask Hetzner ${what}`);

const added: Fields = {
  name: field('text', 'Name, which is part of its address: /projects/NAME/v1', { operand: 'one', required: true }),
  'token-file': token,
  endpoint: field('text', "Address of the API; Hetzner's where absent", { placeholder: 'url' }),
  'token-expires': expires,
  'no-check': unchecked('what the token is good for'),
};

const rotated: Fields = {
  'token-file': token,
  'token-expires': expires,
  'no-check': unchecked('whether the token is good, and for the same project'),
};

const removed: Fields = {
  force: field('boolean', 'Also when somebody owns something in it; what is there stays at Hetzner'),
};

const columns: Record<string, Column> = {
  ...common,
  endpoint: item => (item.endpoint === HETZNER_ENDPOINT ? 'hetzner' : item.endpoint),
  configured: item => item.configured,
  token_expires: item => item.token_expires,
  left: item => item.left,
  limit: item => item.limit,
  waiting: item => item.waiting,
  sent: item => item.sent,
  hits: item => item.hits,
  misses: item => item.misses,
};

/** Projects of Hetzner that the daemon stands before. */
export const project = resource('project', {
  columns,
  defaults: ['id', 'name', 'endpoint', 'configured', 'left', 'limit', 'waiting', 'token_expires'],
  wide: ['sent', 'hits', 'misses', 'age'],
  sortable: ['id', 'name', 'created'],
  unlabelled: true,
  item: {
    id: field('integer', 'Id', { required: true }),
    name: field('text', 'Name', { required: true }),
    endpoint: field('text', 'Address of its API', { required: true }),
    configured: field('boolean', 'Whether its token is that of the configuration', { required: true }),
    token_expires: field('time', 'When its token ends; null where nobody has said'),
    left: field('integer', 'Requests that are left of this hour; null before the first answer'),
    limit: field('integer', 'Requests that it has an hour; null before the first answer'),
    waiting: field('integer', 'Requests that wait for their turn', { required: true }),
    sent: field('integer', 'Requests that this daemon has sent since its start', { required: true }),
    hits: field('integer', 'Readings that were answered from memory', { required: true }),
    misses: field('integer', 'Readings for which Hetzner was asked', { required: true }),
    created: field('time', 'When it was added', { required: true }),
    updated: field('time', 'When it was changed last', { required: true }),
  },
  verbs: {
    list: listUnlabelled('List the projects that the daemon stands before'),
    describe: describe('Show all of a project; its token is never shown'),
    add: withFiles(
      create('Add a project: the token is looked at, sealed and kept in the store', added, {
        examples: [
          'staging --token-file staging.token',
          'staging --token-file - --token-expires 2027-06-01T00:00:00Z',
          'trial --token-file trial.token --endpoint http://127.0.0.1:8080/v1',
        ],
      }),
    ),
    update: update('Change the name of a project, or when its token ends', {
      name: field('text', 'Another name', { placeholder: 'name' }),
      'token-expires': expires,
    }),
    'rotate-token': withFiles(
      action('rotate_token', 'Replace the token of a project; no request is lost by it', rotated, {
        examples: ['staging --token-file new.token', 'staging --token-file - --token-expires 2027-06-01T00:00:00Z'],
      }),
    ),
    remove: {
      ...remove('Forget projects: nothing of them is deleted at Hetzner', ({ name }) => [
        `project ${name}: its token, and what belongs to whom in it`,
      ]),
      fields: removed,
      run: ({ api, resource, item, input }) => {
        const body = bodyOf(removed, input);
        const given = Object.keys(body).length > 0 ? body : undefined;
        return call(api, 'DELETE', `${resource.path}/${item.id}`, given);
      },
    },
  },
});

/** A name that can stand in an address; throws `usage`. */
export function checkProjectName(name: string): string {
  if (/^[a-z][a-z0-9-]{0,62}$/.test(name)) return name;
  throw new Failure('usage', `'${name}' is no name for a project`, {
    hint: 'Small letters, digits and - with a letter first, 63 characters at most',
  });
}
