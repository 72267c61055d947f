import { currentAccount } from '../../core/auth/current.ts';
import type { Secrets } from '../../core/auth/secrets.ts';
import { resolveAccess } from '../../core/config/access.ts';
import { isOfDaemon } from '../../core/config/token.ts';
import { Failure } from '../../core/failure.ts';
import { field } from '../../core/field.ts';
import { command, outputFields } from '../command.ts';
import { escapeControls } from '../output/escape.ts';
import { type Format, parseFormat } from '../output/format.ts';
import { writeItem } from '../output/item.ts';
import { writeRows } from '../output/rows.ts';
import type { Session } from '../session.ts';
import { type AccountView, nameAccount, viewAccounts } from './view.ts';

const columns = {
  active: (row: AccountView) => (row.active ? '*' : ''),
  account: (row: AccountView) => row.account,
  email: (row: AccountView) => row.email,
  organization: (row: AccountView) => row.organization,
  role: (row: AccountView) => row.role,
  state: (row: AccountView) => row.state,
  contexts: (row: AccountView) => row.contexts.join(', '),
};

/** The operand of commands that are about one account. */
export const accountField = field('text', 'Name of the account; else the active one', { operand: 'optional' });

/** `auth list`: every account, never a token. */
export const list = command({
  name: 'list',
  summary: 'List the accounts that are signed in',
  fields: outputFields,
  examples: ['cloudctl auth list', 'cloudctl auth list -o json'],
  exits: ['unauthorized'],
  async run(session, input) {
    const format = parseFormat({ ...input, available: Object.keys(columns) });
    const { views: items } = await viewAccounts(session);
    await writeRows(session.world.out, format, {
      items,
      columns,
      defaults: Object.keys(columns),
      wide: Object.keys(columns),
      nameOf: row => row.account,
      idOf: row => row.account,
      now: session.world.clock.now(),
    });
  },
});

/** `auth status`: one account, where it is kept and what uses it. */
export const status = command({
  name: 'status',
  summary: 'Show who is signed in, with which role, and where that is kept',
  description:
    'Tells of the active account, or of the one named, what its access token says: organization, role and permissions as they were when it was last refreshed. Nothing is asked of any server.',
  fields: { account: accountField, ...outputFields },
  examples: ['cloudctl auth status', 'cloudctl auth status ada@example.com -o json'],
  exits: ['unauthorized', 'not_found'],
  async run(session, input) {
    const format = parseFormat(input);
    const view = await viewAccount(session, () => input.account);
    const { env, clock, out } = session.world;
    const item = { ...view, in_use: await describeUse(session) };
    await writeItem(out, format, item, { nameOf: one => one.account, idOf: one => one.account, now: clock.now() });
    const token = ['CLOUDCTL_TOKEN', 'HCLOUD_TOKEN'].find(name => env[name]);
    if (view.state === 'ended') {
      throw new Failure('unauthorized', `the session of ${view.account} has ended`, { hint: 'cloudctl login' });
    }
    if (token && !format.machine && !session.settings.quiet) {
      session.world.err.write(`Note: ${token} is set, so commands use that in place of an account\n`);
    }
  },
});

/** `whoami`: the account that the current context uses, or else the active one. */
export const whoami = command({
  name: 'whoami',
  summary: 'Show who you are signed in as',
  description:
    'Where the context uses a session or a token of a daemon, that daemon is asked; of an account of WorkOS it is known here.',
  fields: outputFields,
  examples: ['cloudctl whoami', 'cloudctl whoami -o json'],
  exits: ['unauthorized', 'unreachable', 'timeout'],
  async run(session, input) {
    const format = parseFormat(input);
    const { settings, world } = session;
    if (await isWithSession(session)) return showCurrent(session, format);
    const view = await viewAccount(session, ({ credentials }) => credentials.get(settings.contextName ?? '')?.account);
    if (format.query === undefined && (format.kind === 'table' || format.kind === 'wide')) {
      return world.out.write(`${nameAccount(view)}\n`);
    }
    await writeItem(world.out, format, view, {
      nameOf: one => one.email,
      idOf: one => one.user_id,
      now: world.clock.now(),
    });
  },
});

interface Current {
  readonly name: string;
  readonly role: string;
  readonly owner: string;
}

/** Whether the context comes to its daemon with a session or a token of that. */
async function isWithSession({ settings, world }: Session): Promise<boolean> {
  const access = await resolveAccess(settings, world).catch(() => undefined);
  return access !== undefined && 'token' in access.credential && isOfDaemon(access.credential.token);
}

/** Whom the daemon takes this for. */
async function showCurrent(session: Session, format: Format): Promise<void> {
  const { out, clock } = session.world;
  const api = await session.api('daemon');
  const { current } = await api.send<{ readonly current: Current }>('GET', 'sessions/current');
  const { name, role } = current;
  if (format.query === undefined && (format.kind === 'table' || format.kind === 'wide')) {
    return out.write(`${escapeControls(`${name} (${role})`)}\n`);
  }
  await writeItem(out, format, current, { nameOf: () => name, idOf: () => name, now: clock.now() });
}

/** What commands of this command line would be signed with, in words. */
async function describeUse({ settings, world }: Session): Promise<string> {
  try {
    const { origin, credential } = await resolveAccess(settings, world);
    return 'account' in credential ? `${origin}, account ${credential.account}` : `${origin}, a token`;
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return 'nothing';
  }
}

async function viewAccount(session: Session, named: (secrets: Secrets) => string | undefined): Promise<AccountView> {
  const { secrets, views } = await viewAccounts(session);
  const name = currentAccount(secrets, session.settings.document, named(secrets));
  return views.find(({ account }) => account === name)!;
}
