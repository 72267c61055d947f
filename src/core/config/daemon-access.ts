import path from 'node:path';
import { Failure } from '../failure.ts';
import type { World } from '../world.ts';
import { type Access, type Given, resolveAccess } from './access.ts';
import { HETZNER_ENDPOINT, originOf, parseEndpoint } from './endpoint.ts';
import { stateFolder } from './paths.ts';
import type { Settings } from './resolve.ts';
import { checkToken, isOfDaemon } from './token.ts';

/** Where the daemon listens. */
export type DaemonAddress = { readonly socket: string } | { readonly endpoint: string };

/** The daemon to speak to; over a socket no credential is needed: who may open it is the local user. */
export type DaemonAccess =
  | { readonly socket: string }
  | { readonly endpoint: string; readonly credential: Access['credential'] };

type Surroundings = Pick<World, 'env' | 'clock' | 'signal' | 'platform' | 'keyring'>;

/** The address that the setting `daemon` gives: `unix:///run/cloudctl/cloudctl.sock` or `https://host`; throws `usage` for another. */
export function parseDaemon(text: string): DaemonAddress {
  if (!text.startsWith('unix:')) return { endpoint: ownPath(parseEndpoint(text)) };
  const socket = text.replace(/^unix:(\/\/)?/, '');
  if (path.isAbsolute(socket)) return { socket };
  throw new Failure('usage', `'${text}' does not name a socket by its whole path`, {
    hint: 'Such as unix:///run/cloudctl/cloudctl.sock',
  });
}

/** The daemon of this run: the setting `daemon`, or the context's endpoint where that is one, or the first socket at `sockets` that `exists`; throws `unreachable` where there is none and `unauthorized` without a credential for an address. */
export async function resolveDaemon(
  settings: Given & Pick<Settings, 'daemon'>,
  world: Surroundings,
  exists: (path: string) => boolean,
): Promise<DaemonAccess> {
  if (settings.daemon !== undefined) {
    const address = parseDaemon(settings.daemon);
    return 'socket' in address ? address : withCredential(address.endpoint, settings, world);
  }
  const context = await daemonOfContext(settings, world);
  if (context) return context;
  const socket = defaultSockets(world).find(exists);
  if (socket !== undefined) return { socket };
  throw new Failure('unreachable', 'no daemon is running here', {
    hint: 'cloudctl daemon start, or name one: --daemon https://host',
  });
}

/** Where a daemon of this user or of this machine listens by default, in the order in which they are tried. */
export function defaultSockets(world: Pick<World, 'env' | 'platform'>): string[] {
  const runtime = absolute(world.env.XDG_RUNTIME_DIR);
  const state = absolute(stateFolder(world));
  // A user without a folder for sockets, as in a container, has the daemon's in its state directory.
  const own = runtime ? path.join(runtime, 'cloudctl') : state && path.join(state, 'daemon');
  return [...(own ? [path.join(own, 'cloudctl.sock')] : []), '/run/cloudctl/cloudctl.sock'];
}

function absolute(folder: string | undefined): string | undefined {
  return folder && path.isAbsolute(folder) ? folder : undefined;
}

/** Accounts are for daemons only; a token goes to Hetzner, to a sandbox on this machine, or else to a daemon. */
async function daemonOfContext(settings: Given, world: Surroundings): Promise<DaemonAccess | undefined> {
  const endpoint = parseEndpoint(settings.endpoint);
  if (originOf(endpoint) === originOf(HETZNER_ENDPOINT)) return undefined;
  const access = await resolveAccess(settings, world).catch(error => {
    // Who has not signed in to that daemon does not mean the one on this machine.
    if (settings.origins.endpoint === 'context' && endpoint.startsWith('https:')) throw error;
    return undefined;
  });
  if (!access || originOf(access.endpoint) === originOf(HETZNER_ENDPOINT)) return undefined;
  const { credential } = access;
  if ('token' in credential && access.endpoint.startsWith('http:') && !isOfDaemon(credential.token)) return undefined;
  return { endpoint: ownPath(access.endpoint), credential: access.credential };
}

/** A credential is sent only to the origin that it is for. */
async function withCredential(endpoint: string, settings: Given, world: Surroundings): Promise<DaemonAccess> {
  const token = world.env.CLOUDCTL_DAEMON_TOKEN;
  if (token) return { endpoint, credential: { token: checkToken(token, endpoint, 'CLOUDCTL_DAEMON_TOKEN') } };
  const access = await resolveAccess(settings, world).catch(() => undefined);
  if (access && originOf(access.endpoint) === originOf(endpoint)) return { endpoint, credential: access.credential };
  throw new Failure('unauthorized', `no token for the daemon at ${originOf(endpoint)}`, {
    hint: 'Set CLOUDCTL_DAEMON_TOKEN, or use a context whose endpoint it is',
  });
}

/** The daemon serves Hetzner's resources under /v1, its own under /cloudctl/v1. */
function ownPath(endpoint: string): string {
  return `${endpoint.replace(/(\/cloudctl)?\/v1$/, '')}/cloudctl/v1`;
}
