import { createPasswords, type Passwords } from '../../../core/auth/password.ts';
import { openRedis } from '../../../core/queue/redis.ts';
import { readIdentity } from '../../../core/store/identity.ts';
import type { LiveConfiguration } from '../../daemon-live.ts';
import type { DaemonWorld } from '../../daemon-world.ts';
import type { DaemonLog } from '../../log.ts';
import { openPeople, type People, type PeopleTools } from './find.ts';
import { createSignIn, type SignIn } from './sign-in.ts';
import { createSignInLimit } from './sign-in-limit.ts';
import { type Administration, openAdministration } from './workos-administration.ts';

/** Everything about people that the daemon serves with. */
export interface PeoplePart {
  readonly people: People;
  readonly signIn: SignIn;
  readonly passwords: Passwords;
  /** Where WorkOS is configured; whether there is a key for it can change. */
  readonly workos?: Administration;
  readonly stop: () => void;
}

/** What the log says of it. */
const outage = [
  'sign-ins are counted by each daemon for itself: redis does not answer',
  'sign-ins are counted together again',
] as const;

/** People, sessions and sign-in as the configuration has them; tries are counted in Redis where there is one. */
export async function openPeoplePart(
  world: Pick<DaemonWorld, 'http' | 'env'> & { readonly signal: AbortSignal },
  given: PeopleTools & { readonly log: DaemonLog },
  live: LiveConfiguration,
): Promise<PeoplePart> {
  const { values } = live.current();
  const { redis, 'workos-client-id': clientId, 'workos-endpoint': endpoint } = values;
  const { current } = live;
  const { http, env, signal } = world;
  const workos =
    clientId === undefined ? undefined : openAdministration({ http, env, signal, current, hide: given.log.hide });
  const tools = { ...given, workos };
  const server = redis === undefined ? undefined : await openRedis(redis, tools.log, ...outage);
  // A sign-in does not wait for Redis: while it is away tries are counted here.
  const client = server?.connect({ enableOfflineQueue: false, maxRetriesPerRequest: 1 });
  const shared = client && { client, prefix: `cloudctl-${await readIdentity(tools.store)}` };
  const passwords = createPasswords();
  const signIn = createSignIn(tools, {
    passwords,
    limit: createSignInLimit(shared),
    lifetime: () => live.current().values['session-ttl'],
    ways: () => ({
      workos: clientId === undefined ? null : { client_id: clientId, endpoint },
      local: true,
      public_url: live.current().values['public-url'] ?? null,
    }),
  });
  return { people: openPeople(tools), signIn, passwords, workos, stop: () => client?.disconnect() };
}
