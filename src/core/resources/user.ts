import { Failure } from '../failure.ts';
import { type Fields, field } from '../field.ts';
import { type Call, type Column, type Item, resource } from '../resource.ts';
import { action, bodyOf, call, create, describe, listUnlabelled, remove, update } from '../verbs.ts';
import { common } from './columns.ts';

const email = field('text', 'E-mail address, not taken by another user', { operand: 'one', required: true });
const standing = {
  role: field('text', 'Role: what the user may do', { refers: { resource: 'role', as: 'name' } }),
  team: field('text', 'Team, whose members own together what they make; empty for none', { placeholder: 'name' }),
  project: field('text', 'Project that is meant where a request names none; empty for the configured one', {
    placeholder: 'name',
  }),
} as const;
const named = { name: field('text', 'What the user is called', { placeholder: 'text' }), ...standing } as const;

const createFields: Fields = {
  email,
  ...named,
  'password-file': field('text', 'File with the password, `-` for standard input; else it is asked for', {
    key: 'password',
    required: true,
    secret: true,
    placeholder: 'file',
  }),
};

/** The body with the password that the file has; the last line's end is no part of it. */
async function withPassword({ input, readFile }: Pick<Call, 'input' | 'readFile'>) {
  const password = (await readFile(String(input['password-file']))).toString('utf8').replace(/\r?\n$/, '');
  if (password === '') throw new Failure('usage', '--password-file: there is no password in it');
  return { ...bodyOf(createFields, input), password };
}

const columns: Record<string, Column> = {
  ...common,
  email: item => item.email,
  role: item => item.role,
  team: item => item.team,
  project: item => item.project,
  state: item => item.state,
  signs_in: item => item.signs_in,
  seen: item => (item.seen ? new Date(item.seen) : null),
};

const states = ['invited', 'active', 'disabled'] as const;
const ends = ({ email }: Item) => [`user ${email}: every session and token ends at once`];

/** Users: the people who may use the daemon and what is behind it. */
export const user = resource('user', {
  columns,
  nameKey: 'email',
  defaults: ['id', 'email', 'name', 'role', 'team', 'state', 'seen'],
  wide: ['project', 'signs_in', 'age'],
  sortable: ['id', 'email', 'name', 'created'],
  unlabelled: true,
  item: {
    id: field('integer', 'Id', { required: true }),
    email: field('text', 'E-mail address; the id at WorkOS where no address is known', { required: true }),
    name: field('text', 'What the user is called', { required: true }),
    role: field('text', 'Role', { required: true }),
    team: field('text', 'Team; null for none'),
    project: field('text', 'Project that is meant where a request names none; null for the configured one'),
    state: field('text', 'Whether the user can come in', { required: true, choices: states }),
    signs_in: field('list', 'By what: `password`, `workos`', { required: true }),
    invited_until: field('time', 'Until when the invitation can be taken; null where there is none'),
    seen: field('time', 'When the user was there last; null for never'),
    created: field('time', 'When it was made', { required: true }),
    updated: field('time', 'When it was changed last', { required: true }),
  },
  verbs: {
    list: listUnlabelled('List users', {
      role: field('text', 'Only those of this role', { placeholder: 'role' }),
      team: field('text', 'Only those of this team', { placeholder: 'team' }),
      state: field('list', 'Only those in this state', { choices: states }),
    }),
    describe: describe('Show all of a user'),
    create: create('Create a user with a password', createFields, {
      examples: ['ada@example.com --role operator --password-file ada.password', 'ben@example.com --team web'],
      sample: { email: 'ada@example.com', name: 'Ada', role: 'operator', password: 'correct horse battery staple' },
      run: async given => call(given.api, 'POST', given.resource.path, await withPassword(given)),
    }),
    invite: create(
      'Invite somebody, who then chooses a password',
      { email, ...named },
      {
        operation: { method: 'POST', path: 'invite' },
        examples: ['ada@example.com --role client --team web'],
        sample: { email: 'ben@example.com', role: 'client', team: 'web' },
        run: ({ api, resource, input }) => {
          return call(api, 'POST', `${resource.path}/invite`, bodyOf({ email, ...named }, input));
        },
      },
    ),
    update: update('Change a user; what is not given stays', named, {
      examples: ['ada@example.com --role operator', "ada@example.com --team ''"],
      sample: { role: 'client', team: 'web' },
    }),
    'reset-password': action(
      'reset_password',
      'Take the password away, and invite to choose another one',
      {},
      {
        loses: ends,
      },
    ),
    disable: action('disable', 'Keep users out: their sessions and tokens end at once', {}, { loses: ends }),
    enable: action('enable', 'Let users in again that were disabled; their tokens stay revoked'),
    delete: remove('Delete users, with their tokens', ends),
  },
});
