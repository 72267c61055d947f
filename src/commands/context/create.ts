import { openCredentials } from '../../core/auth/credentials.ts';
import { currentAccount } from '../../core/auth/current.ts';
import { discoverSignIn } from '../../core/auth/daemon-sign-in.ts';
import { environmentAccess } from '../../core/config/access.ts';
import { activateContext, addContext, removeContext } from '../../core/config/document.ts';
import { HETZNER_ENDPOINT, originOf, parseEndpoint } from '../../core/config/endpoint.ts';
import { changeConfig } from '../../core/config/file.ts';
import { requireConfigPath } from '../../core/config/paths.ts';
import { checkToken } from '../../core/config/token.ts';
import { Failure } from '../../core/failure.ts';
import { field } from '../../core/field.ts';
import { command, outputFields } from '../command.ts';
import { parseFormat } from '../output/format.ts';
import type { Session } from '../session.ts';
import { askToken } from './ask-token.ts';
import { note, noteOverride, openStore, tell } from './tell.ts';

interface Source {
  readonly account?: string;
  readonly 'token-from-env'?: boolean;
  readonly 'token-stdin'?: boolean;
}

interface Access {
  readonly endpoint: string;
  /** Undefined for a daemon that one signs in to afterwards. */
  readonly credential?: { readonly token: string } | { readonly account: string };
}

/** `context create`: an endpoint and a token under a new name, which becomes active. */
export const create = command({
  name: 'create',
  summary: 'Create a context and make it active',
  description:
    'The token is asked for on a terminal, and otherwise read from standard input or from the environment; never from the command line, where other users could see it. It is stored for the endpoint given and sent nowhere else. A daemon takes none: sign in to it with cloudctl login.\n\nWith --account the context uses the access tokens of somebody who has signed in, as a daemon takes them. With --require-login a token of Hetzner is used only while somebody is signed in, and who changes what is written down (cloudctl auth record). That guards against mistakes, such as a shell left open; it does not guard against somebody who holds the token or can read the files of this user.',
  fields: {
    name: field('text', 'Name of the new context', { operand: 'one', required: true }),
    endpoint: field('text', 'Address of the API that the token is for', { placeholder: 'url' }),
    'token-from-env': field('boolean', 'Take the token from CLOUDCTL_TOKEN or HCLOUD_TOKEN'),
    'token-stdin': field('boolean', 'Read the token from standard input'),
    account: field('text', 'Use the access tokens of this account', { placeholder: 'name' }),
    'require-login': field('boolean', 'Use the token only while somebody is signed in, and record changes'),
    ...outputFields,
  },
  examples: [
    'cloudctl context create production',
    'cloudctl context create staging --token-stdin < token.txt',
    'cloudctl context create team --endpoint https://cloud.example.com',
    'cloudctl context create team --endpoint https://cloud.example.com/v1 --account ada@example.com',
    'cloudctl context create production --require-login',
  ],
  exits: ['unauthorized', 'not_found', 'refused', 'busy'],
  async run(session, input) {
    const format = parseFormat(input);
    const { settings, world } = session;
    const path = requireConfigPath(settings.configPath);
    const name = checkContextName(input.name);
    // Before asking for a token in vain; the same is checked again under the lock.
    addContext(settings.document, { name });
    const { endpoint, credential } = await readAccess(session, input);
    const login = input['require-login'] ?? false;
    if (login && !(credential && 'token' in credential)) {
      throw new Failure('usage', '--require-login is for a context with a token: an account is a sign-in already');
    }
    const context = { name, ...(login && { require_login: true }), preferences: { endpoint } };
    await changeConfig(path, world, document => activateContext(addContext(document, context), name));
    try {
      const store = openStore(session, format);
      if (credential) await store.set(name, { ...credential, origin: originOf(endpoint) });
    } catch (error) {
      await changeConfig(path, world, document => removeContext(document, name));
      throw error;
    }
    await tell(session, format, name, 'created and made active', { name, endpoint, active: true });
    if (!credential) note(session, format, 'it has no credential yet: cloudctl login');
    noteOverride(session, format);
  },
});

/** The name itself; throws `usage` for one that could not be typed or told from another. */
export function checkContextName(name: string): string {
  if (name !== '' && name === name.trim() && !/^-|\p{C}/u.test(name)) return name;
  throw new Failure(
    'usage',
    'name of a context is empty, starts with - or has spaces or control characters at its ends',
  );
}

async function readAccess(session: Session, source: Source): Promise<Access> {
  const { settings, world } = session;
  const given = (['token-from-env', 'token-stdin', 'account'] as const).filter(name => source[name]);
  if (given.length > 1) {
    throw new Failure('usage', `${given.map(name => `--${name}`).join(' and ')} exclude each other`);
  }
  if (source['token-from-env']) {
    const access = environmentAccess(settings, world.env);
    if (access) return access;
    throw new Failure('unauthorized', 'no token in the environment', { hint: 'Set CLOUDCTL_TOKEN or HCLOUD_TOKEN' });
  }
  const endpoint = newEndpoint(settings);
  if (source.account !== undefined)
    return { endpoint, credential: await requireAccount(session, endpoint, source.account) };
  if (source['token-stdin']) {
    const text = (await world.stdin.read()).toString('utf8');
    return { endpoint, credential: { token: checkToken(text, endpoint, 'standard input') } };
  }
  if (await discoverSignIn({ http: session.http, signal: world.signal, endpoint })) {
    return { endpoint: endpoint.endsWith('/v1') ? endpoint : `${endpoint}/v1` };
  }
  if (!session.interactive) {
    throw new Failure('usage', 'no token given, and nobody can be asked here', {
      hint: 'Use --token-stdin, or --token-from-env with CLOUDCTL_TOKEN or HCLOUD_TOKEN',
    });
  }
  const typed = await askToken(world, originOf(endpoint));
  return { endpoint, credential: { token: checkToken(typed.trim(), endpoint, 'the terminal') } };
}

/** An account that is signed in, for a daemon; throws `usage` for Hetzner's own address, which knows no accounts. */
async function requireAccount({ settings, world }: Session, endpoint: string, named: string) {
  if (originOf(endpoint) === originOf(HETZNER_ENDPOINT)) {
    throw new Failure('usage', 'Hetzner knows tokens only, an account is for a daemon', {
      hint: 'Add --endpoint with the address of the daemon, or leave out --account',
    });
  }
  return {
    account: currentAccount(await openCredentials(world, settings.configPath).read(), settings.document, named),
  };
}

/** What was typed or set for all contexts, but not what the active context has: that one's is its own. */
function newEndpoint(settings: Session['settings']): string {
  if (settings.origins.endpoint !== 'context') return parseEndpoint(settings.endpoint);
  return parseEndpoint(String(settings.document.preferences?.endpoint ?? HETZNER_ENDPOINT));
}
