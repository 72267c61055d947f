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
import { noteOverride, openStore, tell } from './tell.ts';

interface Source {
  readonly 'token-from-env'?: boolean;
  readonly 'token-stdin'?: boolean;
}

interface Access {
  readonly endpoint: string;
  readonly token: string;
}

/** `context create`: an endpoint and a token under a new name, which becomes active. */
export const create = command({
  name: 'create',
  summary: 'Create a context and make it active',
  description:
    'The token is asked for on a terminal, and otherwise read from standard input or from the environment; never from the command line, where other users could see it. It is stored for the endpoint given and sent nowhere else.',
  fields: {
    name: field('text', 'Name of the new context', { operand: 'one', required: true }),
    endpoint: field('text', 'Address of the API that the token is for', { placeholder: 'url' }),
    'token-from-env': field('boolean', 'Take the token from CLOUDCTL_TOKEN or HCLOUD_TOKEN'),
    'token-stdin': field('boolean', 'Read the token from standard input'),
    ...outputFields,
  },
  examples: [
    'cloudctl context create production',
    'cloudctl context create staging --token-stdin < token.txt',
    'cloudctl context create team --endpoint https://cloud.example.com/v1',
  ],
  exits: ['unauthorized', 'refused', 'busy'],
  async run(session, input) {
    const format = parseFormat(input);
    const { settings, world } = session;
    const path = requireConfigPath(settings.configPath);
    const name = checkContextName(input.name);
    // Before asking for a token in vain; the same is checked again under the lock.
    addContext(settings.document, { name });
    const { endpoint, token } = await readAccess(session, input);
    await changeConfig(path, world, document =>
      activateContext(addContext(document, { name, preferences: { endpoint } }), name),
    );
    try {
      await openStore(session, format).set(name, { token, origin: originOf(endpoint) });
    } catch (error) {
      await changeConfig(path, world, document => removeContext(document, name));
      throw error;
    }
    await tell(session, format, name, 'created and made active', { name, endpoint, active: true });
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
  if (source['token-from-env'] && source['token-stdin']) {
    throw new Failure('usage', '--token-from-env and --token-stdin exclude each other');
  }
  if (source['token-from-env']) {
    const access = environmentAccess(settings, world.env);
    if (access) return access;
    throw new Failure('unauthorized', 'no token in the environment', { hint: 'Set CLOUDCTL_TOKEN or HCLOUD_TOKEN' });
  }
  const endpoint = newEndpoint(settings);
  if (source['token-stdin']) {
    const text = (await world.stdin.read()).toString('utf8');
    return { endpoint, token: checkToken(text, endpoint, 'standard input') };
  }
  if (!session.interactive) {
    throw new Failure('usage', 'no token given, and nobody can be asked here', {
      hint: 'Use --token-stdin, or --token-from-env with CLOUDCTL_TOKEN or HCLOUD_TOKEN',
    });
  }
  const typed = await askToken(world, originOf(endpoint));
  return { endpoint, token: checkToken(typed.trim(), endpoint, 'the terminal') };
}

/** What was typed or set for all contexts, but not what the active context has: that one's is its own. */
function newEndpoint(settings: Session['settings']): string {
  if (settings.origins.endpoint !== 'context') return parseEndpoint(settings.endpoint);
  return parseEndpoint(String(settings.document.preferences?.endpoint ?? HETZNER_ENDPOINT));
}
