import { openCredentials, type Storage } from '../../core/auth/credentials.ts';
import { currentAccount } from '../../core/auth/current.ts';
import type { Desk } from '../../core/auth/refresh.ts';
import type { Workos } from '../../core/auth/workos.ts';
import { userAgent } from '../../core/version.ts';
import type { Session } from '../session.ts';

/** What refreshing the tokens of an account takes, as this run has it. */
export function openDesk({ world, settings, http, refresh }: Session): Desk {
  const storage = settings.tokenStorage as Storage;
  return { world: { ...world, http }, configPath: settings.configPath, storage, userAgent, refresh };
}

/** The account that a command is about; see `currentAccount`. */
export async function findAccount({ world, settings }: Session, named?: string): Promise<string> {
  return currentAccount(await openCredentials(world, settings.configPath).read(), settings.document, named);
}

/** The environment of WorkOS that an account or a sign-in belongs to. */
export function workosOf({ http }: Session, of: Pick<Workos, 'endpoint' | 'clientId'>): Workos {
  return { endpoint: of.endpoint, clientId: of.clientId, http, userAgent };
}
