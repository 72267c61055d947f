import type { Account } from '../../core/auth/account.ts';
import { readClaims } from '../../core/auth/claims.ts';
import { endDaemonSession } from '../../core/auth/daemon-sign-in.ts';
import { put } from '../../core/auth/secrets.ts';
import { endSession } from '../../core/auth/workos.ts';
import { activateAccount } from '../../core/config/document.ts';
import { changeConfig } from '../../core/config/file.ts';
import { requireConfigPath } from '../../core/config/paths.ts';
import { Failure, toFailure } from '../../core/failure.ts';
import { field } from '../../core/field.ts';
import { command, outputFields } from '../command.ts';
import { note, openStore, tell } from '../context/tell.ts';
import { type Format, parseFormat } from '../output/format.ts';
import type { Session } from '../session.ts';
import { findAccount, workosOf } from './desk.ts';
import { accountField } from './show.ts';

/** `logout`: the session is ended at WorkOS where that can be, and forgotten here in any case. */
export const logout = command({
  name: 'logout',
  summary: 'Sign out: end the session and forget it here',
  description:
    'Where the context is signed in to a daemon with a password, that session is ended. Else the session is ended at WorkOS, so that its tokens are refreshed no more. Where that cannot be done, such as without a network, it is forgotten here all the same and that is said. An access token that was given out stays good until it expires, some minutes at most.',
  fields: { account: accountField, all: field('boolean', 'All accounts'), ...outputFields },
  examples: ['cloudctl logout', 'cloudctl logout ben@example.com', 'cloudctl logout --all'],
  exits: ['unauthorized', 'not_found', 'busy'],
  async run(session, input) {
    const format = parseFormat(input);
    const { settings, world } = session;
    const store = openStore(session, format);
    const { accounts } = await store.read();
    if (!input.all && input.account === undefined && (await endHere(session, format))) return;
    if (input.all && input.account !== undefined) throw new Failure('usage', '--all leaves no account to be named');
    const names = input.all ? [...accounts.keys()] : [await findAccount(session, input.account)];
    if (names.length === 0) throw new Failure('unauthorized', 'nobody has signed in here', { hint: 'cloudctl login' });
    for (const name of names) {
      const fault = await endAtServer(session, accounts.get(name)!);
      await store.change(secrets => put(secrets, 'accounts', name, undefined));
      await changeConfig(requireConfigPath(settings.configPath), world, document =>
        document.active_account === name ? activateAccount(document, undefined) : document,
      );
      await tell(session, format, name, 'signed out', { account: name, ended_at_server: fault === undefined });
      if (fault !== undefined) note(session, format, `it was forgotten here, but not ended at the server: ${fault}`);
    }
  },
});

/** Ends the session of a daemon that the context uses; false where it uses none. */
async function endHere(session: Session, format: Format): Promise<boolean> {
  const { settings, http, world } = session;
  const { contextName: context } = settings;
  const store = openStore(session, format);
  const credential = context === undefined ? undefined : await store.get(context);
  if (context === undefined || credential?.token === undefined || !credential.token.startsWith('cctls')) return false;
  // Its origin is where it may be sent, whatever the settings say now.
  const desk = { http, signal: world.signal, endpoint: credential.origin };
  const fault = await endDaemonSession(desk, credential.token).catch(error => toFailure(error).message);
  await store.remove(context);
  await tell(session, format, context, 'signed out', { context, ended_at_server: fault === undefined });
  if (fault !== undefined) note(session, format, `it was forgotten here, but not ended at the daemon: ${fault}`);
  return true;
}

/** Undefined when the session has ended there, else why not. */
async function endAtServer(session: Session, account: Account): Promise<string | undefined> {
  if (!account.tokens) return undefined;
  try {
    const { session: id } = readClaims(account.tokens.accessToken);
    if (id === undefined) return 'its token names no session';
    await endSession(workosOf(session, account), id, { timeout: 5_000, signal: session.world.signal });
    return undefined;
  } catch (error) {
    const failure = toFailure(error);
    // Ended there before: that is what was wanted.
    return failure.apiCode === 'entity_not_found' ? undefined : failure.message;
  }
}
