import type { Api } from '../../core/api.ts';
import { readClaims } from '../../core/auth/claims.ts';
import { recordChanges, recordFile } from '../../core/auth/record.ts';
import { freshAccount } from '../../core/auth/refresh.ts';
import { stateFolder } from '../../core/config/paths.ts';
import { Failure, toFailure } from '../../core/failure.ts';
import type { Session } from '../session.ts';
import { findAccount, openDesk } from './desk.ts';

/** The API of a context that asks for a sign-in, with changes recorded under the name of who is signed in; throws `unauthorized` where nobody is. */
export async function requireLogin(session: Session, api: Api, context: string): Promise<Api> {
  const { account, claims } = await whoIsSignedIn(session, context);
  const folder = stateFolder(session.world);
  if (!folder) {
    throw new Failure('usage', `context ${context} records who changes what, and there is no place for it`, {
      hint: 'Set HOME or XDG_STATE_HOME',
    });
  }
  const { user, session: id, organization } = claims;
  const actor = { account, user, session: id, organization, context };
  return recordChanges(api, actor, { file: recordFile(folder), clock: session.world.clock });
}

async function whoIsSignedIn(session: Session, context: string) {
  try {
    const account = await findAccount(session);
    const { tokens } = await freshAccount(openDesk(session), account);
    return { account, claims: readClaims(tokens.accessToken) };
  } catch (error) {
    const { code, message, hint } = toFailure(error);
    throw new Failure(code, `context ${context} is used by people who have signed in: ${message}`, {
      hint,
      cause: error,
    });
  }
}
