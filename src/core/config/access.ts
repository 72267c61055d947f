import { type Credentials, openCredentials } from '../auth/credentials.ts';
import { Failure } from '../failure.ts';
import type { World } from '../world.ts';
import { requireContext } from './document.ts';
import { HETZNER_ENDPOINT, originOf, parseEndpoint } from './endpoint.ts';
import type { Settings } from './resolve.ts';
import { checkToken } from './token.ts';

/** Where to send requests and with what; always of one layer, so that no token goes to an address that was meant for another. */
export interface Access {
  readonly endpoint: string;
  /** A token of its own, or the name of the account whose access token it is. */
  readonly credential: { readonly token: string } | { readonly account: string };
  /** Who is named in the local journal and must be signed in, though the token is not theirs. */
  readonly login?: { readonly context: string };
  /** Who gave the token: `CLOUDCTL_TOKEN`, `HCLOUD_TOKEN` or `context <name>`. */
  readonly origin: 'CLOUDCTL_TOKEN' | 'HCLOUD_TOKEN' | `context ${string}`;
}

/** Access that the environment gives: always a token. */
export type EnvironmentAccess = Access & { readonly credential: { readonly token: string } };

/** The part of the settings that access depends on. */
export type Given = Pick<Settings, 'configPath' | 'contextName' | 'document' | 'endpoint' | 'origins'>;

/** Endpoint and token of this run: `--context`, CLOUDCTL_TOKEN, CLOUDCTL_CONTEXT, HCLOUD_TOKEN, HCLOUD_CONTEXT, active context, the first that is given; throws `unauthorized` without a token. */
export async function resolveAccess(
  settings: Given,
  world: Pick<World, 'env' | 'clock' | 'signal' | 'platform' | 'keyring'>,
): Promise<Access> {
  const { env } = world;
  const { contextName, origins } = settings;
  const named = contextName === undefined ? undefined : origins.context;
  const isOurs = named === 'flag' || named === 'env CLOUDCTL_CONTEXT';
  if (env.CLOUDCTL_TOKEN && named !== 'flag') return fromEnvironment('CLOUDCTL', settings, env);
  // Who set cloudctl's own variable meant this program; HCLOUD_TOKEN may stand in the shell for hcloud.
  if (env.HCLOUD_TOKEN && !isOurs) return fromEnvironment('HCLOUD', settings, env);
  if (contextName === undefined) throw missing('no token and no context');
  return fromContext(contextName, settings, openCredentials(world, settings.configPath));
}

/** Endpoint and token that the environment gives, whatever the context; undefined when it gives no token. */
export function environmentAccess(settings: Given, env: World['env']): EnvironmentAccess | undefined {
  if (env.CLOUDCTL_TOKEN) return fromEnvironment('CLOUDCTL', settings, env);
  return env.HCLOUD_TOKEN ? fromEnvironment('HCLOUD', settings, env) : undefined;
}

function fromEnvironment(prefix: 'CLOUDCTL' | 'HCLOUD', settings: Given, env: World['env']): EnvironmentAccess {
  const origin = `${prefix}_TOKEN` as const;
  const typed = settings.origins.endpoint === 'flag' ? settings.endpoint : undefined;
  const own = env[`${prefix}_ENDPOINT`];
  if (typed === undefined && prefix === 'HCLOUD' && env.CLOUDCTL_ENDPOINT) {
    throw new Failure('usage', 'HCLOUD_TOKEN is not sent to CLOUDCTL_ENDPOINT', {
      hint: 'Set CLOUDCTL_TOKEN for that endpoint, or unset CLOUDCTL_ENDPOINT',
    });
  }
  const endpoint = parseEndpoint(typed ?? (own || HETZNER_ENDPOINT));
  return { endpoint, credential: { token: checkToken(env[origin]!, endpoint, origin) }, origin };
}

async function fromContext(name: string, settings: Given, credentials: Credentials): Promise<Access> {
  const context = requireContext(settings.document, name);
  const credential = await credentials.get(name);
  if (!credential) {
    const inFile = 'token' in context ? 'tokens in the file are not used, ' : '';
    const isHetzner = originOf(parseEndpoint(settings.endpoint)) === originOf(HETZNER_ENDPOINT);
    const hint = isHetzner ? undefined : 'Where it is a daemon: cloudctl login';
    throw missing(`${inFile}no token is stored for context ${name}`, hint);
  }
  const endpoint = parseEndpoint(settings.endpoint);
  if (originOf(endpoint) !== credential.origin) throw bound(name, credential.origin, endpoint, settings);
  const origin = `context ${name}` as const;
  if (credential.account !== undefined) return { endpoint, credential: { account: credential.account }, origin };
  const token = checkToken(credential.token, endpoint, origin);
  return { endpoint, credential: { token }, origin, ...(context.require_login && { login: { context: name } }) };
}

function missing(fault: string, hint?: string): Failure {
  return new Failure('unauthorized', fault, {
    hint:
      hint ??
      'Set CLOUDCTL_TOKEN or HCLOUD_TOKEN, or run cloudctl context create <name>; contexts of hcloud: cloudctl context import',
  });
}

function bound(name: string, origin: string, endpoint: string, settings: Given): Failure {
  const from = settings.origins.endpoint ?? 'default';
  const variable = from.startsWith('env ') ? from.slice('env '.length) : undefined;
  const by = from === 'flag' ? '--endpoint' : (variable ?? 'the configuration');
  const remedy =
    from === 'flag' ? 'Leave out --endpoint' : variable ? `Unset ${variable}` : 'cloudctl config unset endpoint';
  return new Failure(
    'usage',
    `token of context ${name} is for ${origin} and is not sent to ${originOf(endpoint)}, as ${by} says`,
    { hint: `${remedy}, or store a token for it: cloudctl context create <name> --endpoint ${endpoint}` },
  );
}
