import { type Account, chooseName, isSame } from '../../core/auth/account.ts';
import { awaitSignIn, beginSignIn } from '../../core/auth/device.ts';
import type { PendingSignIn } from '../../core/auth/pending.ts';
import { freshAccount } from '../../core/auth/refresh.ts';
import { put, type Secrets } from '../../core/auth/secrets.ts';
import type { Workos } from '../../core/auth/workos.ts';
import { activateAccount } from '../../core/config/document.ts';
import { originOf, parseEndpoint } from '../../core/config/endpoint.ts';
import { changeConfig } from '../../core/config/file.ts';
import { requireConfigPath } from '../../core/config/paths.ts';
import { Failure, toFailure } from '../../core/failure.ts';
import { field, type Input } from '../../core/field.ts';
import { command, outputFields } from '../command.ts';
import { note, openStore, tell } from '../context/tell.ts';
import { type Format, parseFormat } from '../output/format.ts';
import type { Session } from '../session.ts';
import { type DaemonContext, daemonOf, signInHere } from './daemon.ts';
import { openDesk, workosOf } from './desk.ts';
import { addPending, findPending } from './pending.ts';
import { showCode } from './show-code.ts';
import { nameAccount, viewAccounts } from './view.ts';

const fields = {
  'client-id': field('text', 'Client id of the WorkOS environment; else CLOUDCTL_WORKOS_CLIENT_ID', {
    placeholder: 'id',
  }),
  email: field('text', "Sign in with a daemon's own account of this address", { placeholder: 'address' }),
  'password-file': field('text', 'File with the password, `-` for standard input; else it is asked for', {
    placeholder: 'file',
  }),
  invitation: field('boolean', 'Take up an invitation to a daemon, which is asked for or read from standard input'),
  org: field('text', 'Organization to sign in to, by its id', { placeholder: 'id' }),
  account: field('text', 'Name to keep the account under; else its e-mail address', { placeholder: 'name' }),
  'no-browser': field('boolean', 'Do not open a browser'),
  json: field('boolean', 'Print code and address as JSON and end; go on with --complete'),
  complete: field('boolean', 'Wait for a sign-in that was begun with --json'),
  'user-code': field('text', 'With --complete: which one, by its code', { placeholder: 'code' }),
  ...outputFields,
} as const;

/** `login`: a person approves in a browser, on this machine or any other. */
export const login = command({
  name: 'login',
  summary: 'Sign in with a browser, here or on another machine, or with a password',
  description:
    "In a context whose endpoint is a daemon, cloudctl asks that daemon how to sign in: through WorkOS with a browser, or with an e-mail address and a password of the daemon's own users. The context then uses that sign-in.\n\nWith a browser: shows a code and the address of a page, and waits until you have approved there. On a terminal the page is opened by itself where it is https on a host of WorkOS or the one in CLOUDCTL_WORKOS_DOMAIN. It works over ssh: open the address wherever you have a browser.\n\nFor scripts, --json prints the code and ends, and --complete waits for the answer. CI needs no sign-in: it uses CLOUDCTL_TOKEN.",
  fields,
  examples: [
    'cloudctl login --client-id client_01HABCDEF',
    'cloudctl login --org org_01HABCDEF --no-browser',
    'cloudctl login --json',
    'cloudctl login --complete -o json',
    'cloudctl login --context team --email ada@example.com',
    'cloudctl login --context team --invitation',
  ],
  exits: ['unauthorized', 'forbidden', 'not_found', 'limited', 'unreachable', 'timeout', 'busy'],
  async run(session, input) {
    const format = parseFormat(input.json ? { ...input, output: ['json'] } : input);
    const { world, settings } = session;
    if (input['user-code'] !== undefined && !input.complete) {
      throw new Failure('usage', '--user-code goes with --complete');
    }
    const daemon = input['client-id'] === undefined ? await daemonOf(session) : undefined;
    const isHere = input.email !== undefined || input.invitation || input['password-file'] !== undefined;
    if (isHere && !daemon?.ways.local) {
      throw new Failure('usage', 'the endpoint of this context is no daemon with accounts of its own', {
        hint: 'cloudctl context create <name> --endpoint <address of the daemon>, then cloudctl login',
      });
    }
    if (daemon && !input.complete && (isHere || !daemon.ways.workos)) return signInHere(session, format, daemon, input);
    if (world.env.CI && !input.json && !input.complete) {
      throw new Failure('unauthorized', 'nobody can approve a sign-in in CI', {
        hint: 'Set CLOUDCTL_TOKEN (with CLOUDCTL_ENDPOINT) or HCLOUD_TOKEN; to sign in all the same: login --json',
      });
    }
    requireConfigPath(settings.configPath);
    const store = openStore(session, format);
    if (input.complete) {
      const begun = findPending(await store.read(), input['user-code']);
      const isOfDaemon = daemon?.ways.workos?.clientId === begun.clientId;
      return finish(session, format, input, begun, workosOf(session, begun), isOfDaemon ? daemon : undefined);
    }
    // Before a person approves in vain.
    await store.prove();
    const workos = await chooseWorkos(session, input, await store.read(), daemon);
    const begun = await beginSignIn(workos, world);
    if (!input.json) return finish(session, format, input, begun, workos, daemon);
    await store.change(secrets => addPending(secrets, begun, world.clock.now()));
    world.out.write(`${JSON.stringify(forScripts(begun))}\n`);
  },
});

type Asked = Input<typeof fields>;

async function finish(
  session: Session,
  format: Format,
  asked: Asked,
  begun: PendingSignIn,
  workos: Workos,
  daemon?: DaemonContext,
): Promise<void> {
  const { world } = session;
  const waiting = asked.complete ? undefined : await showCode(session, format, begun, !asked['no-browser']);
  const account = await awaitSignIn(workos, begun, world)
    .catch(async error => {
      waiting?.done();
      const failure = toFailure(error);
      if (failure.apiCode !== 'organization_selection_required') throw failure;
      return (await import('./organization.ts')).finishInOrganization(session, workos, failure, asked.org);
    })
    .finally(() => waiting?.done());
  const name = await keep(session, format, asked, begun, account);
  if (daemon)
    await openStore(session, format).set(daemon.context, { account: name, origin: originOf(daemon.endpoint) });
  if (asked.org !== undefined && asked.org !== account.organization?.id && asked.org !== account.organization?.name) {
    await freshAccount(openDesk(session), name, { organization: asked.org });
  }
  const { views } = await viewAccounts(session, name);
  const view = views.find(({ account }) => account === name)!;
  await tell(session, format, name, `signed in as ${nameAccount(view)}`, view);
  if (view.organization_id === null) {
    note(session, format, 'this sign-in is for no organization; to choose one: cloudctl auth switch --org <id>');
  }
}

/** Keeps the account and makes it the active one; nothing may come between a sign-in that went well and this. */
async function keep(
  session: Session,
  format: Format,
  asked: Asked,
  begun: PendingSignIn,
  account: Account,
): Promise<string> {
  const { world, settings } = session;
  let name = '';
  await openStore(session, format).change(secrets => {
    name = nameFor(secrets, account, asked);
    return put(put(secrets, 'accounts', name, account), 'signIns', begun.userCode, undefined);
  });
  await changeConfig(requireConfigPath(settings.configPath), world, document => activateAccount(document, name));
  return name;
}

function nameFor({ accounts }: Secrets, account: Account, { account: given, org }: Asked): string {
  const meant = org?.startsWith('org_') ? { ...account, organization: { id: org } } : account;
  if (given === undefined) return chooseName(accounts, meant);
  const other = accounts.get(given);
  if (!other || isSame(other, meant)) return given;
  throw new Failure('refused', `account ${given} is another sign-in: ${other.user.email}`, {
    hint: `Choose another name, or: cloudctl logout ${given}`,
  });
}

async function chooseWorkos(
  session: Session,
  asked: Asked,
  { accounts }: Secrets,
  daemon: DaemonContext | undefined,
): Promise<Workos> {
  const { settings } = session;
  if (daemon?.ways.workos) {
    const { endpoint, clientId } = daemon.ways.workos;
    return workosOf(session, { endpoint: parseEndpoint(endpoint), clientId });
  }
  const active = accounts.get(settings.document.active_account ?? '');
  const clientId = asked['client-id'] ?? settings.workosClientId ?? active?.clientId;
  if (!clientId) {
    throw new Failure('usage', 'which WorkOS environment to sign in with is not known', {
      hint: 'Give --client-id, or set CLOUDCTL_WORKOS_CLIENT_ID: ask the administrator of your daemon',
    });
  }
  const isOfActive = clientId === active?.clientId && settings.origins['workos-endpoint'] === 'default';
  return workosOf(session, {
    endpoint: isOfActive ? active.endpoint : parseEndpoint(settings.workosEndpoint),
    clientId,
  });
}

function forScripts(begun: PendingSignIn) {
  return {
    user_code: begun.userCode,
    verification_uri: begun.verificationUri,
    verification_uri_complete: begun.verificationUriComplete ?? null,
    expires: new Date(begun.expiresAt).toISOString(),
    next: `cloudctl login --complete --user-code ${begun.userCode}`,
  };
}
