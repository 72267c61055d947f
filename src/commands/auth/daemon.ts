import { acceptInvitation, beginSession, discoverSignIn, type SignInWays } from '../../core/auth/daemon-sign-in.ts';
import { originOf, parseEndpoint } from '../../core/config/endpoint.ts';
import { Failure } from '../../core/failure.ts';
import { openStore, tell } from '../context/tell.ts';
import type { Format } from '../output/format.ts';
import { prompt } from '../output/prompt.ts';
import { askPassword } from '../people/ask-password.ts';
import type { Session } from '../session.ts';

/** A context whose endpoint is a daemon, and how one signs in there. */
export interface DaemonContext {
  readonly context: string;
  readonly endpoint: string;
  readonly ways: SignInWays;
}

/** What `login` is told about a daemon's own accounts. */
export interface LocalAsked {
  readonly email?: string;
  readonly invitation?: boolean;
  readonly 'password-file'?: string;
}

/** The daemon that the context of this run is for; undefined where it is for none. */
export async function daemonOf({ settings, http, world }: Session): Promise<DaemonContext | undefined> {
  const { contextName, context } = settings;
  if (contextName === undefined || context === undefined) return undefined;
  const endpoint = parseEndpoint(settings.endpoint);
  const ways = await discoverSignIn({ http, signal: world.signal, endpoint });
  return ways && { context: contextName, endpoint, ways };
}

/** Signs in with an account of the daemon's own, and keeps the session as the context's credential. */
export async function signInHere(
  session: Session,
  format: Format,
  { context, endpoint }: DaemonContext,
  asked: LocalAsked,
): Promise<void> {
  const { http, world } = session;
  const store = openStore(session, format);
  await store.prove();
  const desk = { http, signal: world.signal, endpoint };
  const file = asked['password-file'];
  const host = new URL(endpoint).host;
  const begun = asked.invitation
    ? await acceptInvitation(desk, {
        token: await askInvitation(session, file),
        password: await askPassword(session, file, { who: host, isNew: true }),
      })
    : await begin(session, desk, asked, host);
  await store.set(context, { token: begun.token, origin: originOf(endpoint) });
  const value = { context, email: begun.email, endpoint, expires: begun.expires };
  await tell(session, format, context, `signed in as ${begun.email} until ${begun.expires}`, value);
}

async function begin(session: Session, desk: Parameters<typeof beginSession>[0], asked: LocalAsked, host: string) {
  const email = asked.email ?? (await askText(session, 'E-mail address', '--email'));
  const password = await askPassword(session, asked['password-file'], { who: `${email} at ${host}` });
  return beginSession(desk, { email, password });
}

/** Asked for on a terminal, else all of standard input: an invitation is a secret too. */
async function askInvitation(session: Session, passwordFile: string | undefined): Promise<string> {
  const { world } = session;
  if (session.interactive) return askText(session, 'Invitation', '--invitation', 'password');
  if (passwordFile === '-')
    throw new Failure('usage', 'standard input has the invitation: give the password in a file');
  const text = (await world.stdin.read()).toString('utf8').trim();
  if (text !== '') return text;
  throw new Failure('usage', 'no invitation on standard input');
}

async function askText(session: Session, what: string, flag: string, type = 'input'): Promise<string> {
  if (!session.interactive) {
    throw new Failure('usage', `${what.toLowerCase()} not given, and nobody can be asked here`, {
      hint: `Give ${flag}`,
    });
  }
  return String(
    await prompt(session.world, { type, message: `${what}:`, ...(type === 'password' && { mask: '*' }) }),
  ).trim();
}
