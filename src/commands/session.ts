import type { Api, TellingApi } from '../core/api.ts';
import { type Access, resolveAccess } from '../core/config/access.ts';
import type { DaemonAccess } from '../core/config/daemon-access.ts';
import { resolveSettings, type Settings } from '../core/config/resolve.ts';
import { isOfDaemon } from '../core/config/token.ts';
import { logTransport, openDebugLog } from '../core/debug.ts';
import { Failure, toFailure } from '../core/failure.ts';
import { hashText } from '../core/hash.ts';
import { type HetznerOptions, hetznerApi } from '../core/hetzner/client.ts';
import type { TokenSource } from '../core/hetzner/exchange.ts';
import { userAgent } from '../core/version.ts';
import type { Transport, World } from '../core/world.ts';

/** One run of the program: the world, what is set, and the API that the context names. */
export interface Session {
  readonly world: World;
  readonly settings: Settings;
  /** True when a person can be asked: stdin and stderr are terminals, not CI, no --no-input. */
  readonly interactive: boolean;
  /** How requests are sent: logged where that is wanted. */
  readonly http: Transport;
  /** Whether tokens that are about to expire may be exchanged. */
  readonly refresh: boolean;
  /** The API of the current context, or the daemon's own; opened on first use, throws `unauthorized` when there is no credential. */
  readonly api: { (of: 'daemon'): Promise<TellingApi>; (of?: 'daemon'): Promise<Api> };
  /** The origin and credential of that API as one opaque word, for caches on disk. */
  readonly scope: (of?: 'daemon') => Promise<string>;
  /** Resolves when no exchange of tokens is under way, whose answer must not be lost by the end of the process. */
  readonly settled: () => Promise<unknown>;
}

/** The session that the flags, the environment and the files imply. */
export async function openSession(
  world: World,
  flags: Readonly<Record<string, unknown>>,
  { refresh = true }: { readonly refresh?: boolean } = {},
): Promise<Session> {
  const settings = await resolveSettings(world, flags);
  const interactive = world.stdin.isTTY && world.err.isTTY && !world.env.CI && !settings.noInput;
  const isLogged = settings.debug || settings.debugFile !== undefined;
  const log = isLogged ? openDebugLog(world, settings.debugFile) : undefined;
  const logged = (transport: Transport) => (log ? logTransport(transport, world.clock, log) : transport);
  const http = logged(world.http);
  let opened: Promise<Api> | undefined;
  let access: Promise<Reached> | undefined;
  let daemon: Promise<TellingApi> | undefined;
  let daemonAccess: Promise<DaemonAccess> | undefined;
  let exchange: Promise<unknown> = Promise.resolve();
  const getAccess = () => (access ??= findApi(settings, world));
  const getDaemonAccess = () => (daemonAccess ??= findDaemon(settings, world));
  const session: Session = {
    world,
    settings,
    interactive,
    http,
    refresh,
    api: ((of?: 'daemon') => (of === 'daemon' ? getDaemon() : getApi())) as Session['api'],
    scope: async of => {
      const found = await (of === 'daemon' ? getDaemonAccess() : getAccess());
      if ('socket' in found) return hashText(found.socket);
      const { endpoint, credential } = found;
      return hashText(`${endpoint}\n${'token' in credential ? credential.token : `account ${credential.account}`}`);
    },
    settled: () => exchange.catch(() => {}),
  };
  const getApi = () => (opened ??= getAccess().then(found => openApi(session, found, logged, tokensOf)));
  const getDaemon = () => (daemon ??= getDaemonAccess().then(found => openDaemon(session, found, logged, tokensOf)));
  const tokensOf = async (account: string) => {
    const source = await openAccount(session, account);
    return (refused?: string) => {
      const token = source(refused);
      exchange = token;
      return token;
    };
  };
  return session;
}

type Tokens = (account: string) => Promise<TokenSource>;

/** What answers for Hetzner: its API, a daemon's address, or the socket of the daemon on this machine. */
type Reached = Access | { readonly socket: string };

/** Where nothing at all was given the daemon of this machine is meant, if there is one. */
async function findApi(settings: Settings, world: World): Promise<Reached> {
  try {
    return await resolveAccess(settings, world);
  } catch (error) {
    const isGiven = settings.contextName !== undefined || settings.origins.endpoint !== 'default';
    if (isGiven || toFailure(error).code !== 'unauthorized') throw error;
    const daemon = await findDaemon(settings, world).catch(() => undefined);
    if (daemon && 'socket' in daemon) return daemon;
    throw error;
  }
}

async function openApi(
  session: Session,
  found: Reached,
  logged: (transport: Transport) => Transport,
  tokensOf: Tokens,
): Promise<Api> {
  if ('socket' in found) return speakBySocket(session, found.socket, 'v1', logged);
  const { endpoint, credential, login } = found;
  const token = 'token' in credential ? credential.token : await tokensOf(credential.account);
  // The daemon knows a call that is sent again by its key.
  const direct = 'token' in credential && !isOfDaemon(credential.token);
  const api = speak(session, { endpoint, token, http: session.http, direct });
  return login ? (await import('./auth/required.ts')).requireLogin(session, api, login.context) : api;
}

async function speakBySocket(
  session: Session,
  socket: string,
  path: 'v1' | 'cloudctl/v1',
  logged: (transport: Transport) => Transport,
): Promise<TellingApi> {
  const { reachSocket, socketOrigin } = await import('./reach-daemon.ts');
  const http = logged(reachSocket(socket, session.world.env));
  return speak(session, { endpoint: `${socketOrigin}/${path}`, token: 'socket', http, direct: false });
}

async function findDaemon(settings: Settings, world: World): Promise<DaemonAccess> {
  const [{ resolveDaemon }, { isThere }] = await Promise.all([
    import('../core/config/daemon-access.ts'),
    import('./reach-daemon.ts'),
  ]);
  return resolveDaemon(settings, world, isThere);
}

async function openDaemon(
  session: Session,
  found: DaemonAccess,
  logged: (transport: Transport) => Transport,
  tokensOf: Tokens,
): Promise<TellingApi> {
  if ('socket' in found) return speakBySocket(session, found.socket, 'cloudctl/v1', logged);
  const { endpoint, credential } = found;
  const token = 'token' in credential ? credential.token : await tokensOf(credential.account);
  return speak(session, { endpoint, token, http: session.http, direct: false });
}

function speak(
  { world, settings }: Session,
  to: Pick<HetznerOptions, 'endpoint' | 'token' | 'http' | 'direct'>,
): TellingApi {
  return hetznerApi({
    ...to,
    clock: world.clock,
    signal: world.signal,
    deadline: settings.timeout === undefined ? undefined : world.clock.now() + settings.timeout,
    httpTimeout: settings.httpTimeout,
    pollInterval: settings.pollInterval,
    userAgent,
  });
}

async function openAccount(session: Session, name: string) {
  const [{ accountTokens }, { openDesk }] = await Promise.all([
    import('../core/auth/refresh.ts'),
    import('./auth/desk.ts'),
  ]);
  return accountTokens(openDesk(session), name);
}

/** Reads a file that a flag names, or standard input for `-`; throws `usage` when it cannot, or when it is larger than `most` bytes. */
export async function readInput(world: World, path: string, most = 1024 * 1024): Promise<Buffer> {
  if (path === '-') return limit('standard input', await world.stdin.read(), most);
  const { readFileSync, statSync } = await import('node:fs');
  try {
    const { size } = statSync(path);
    if (size > most) throw tooLarge(path, size, most);
    return limit(path, readFileSync(path), most);
  } catch (error) {
    if (error instanceof Failure) throw error;
    throw new Failure('usage', `cannot read ${path}: ${reasonOf(error)}`, { cause: error });
  }
}

function limit(name: string, content: Buffer, most: number): Buffer {
  if (content.length > most) throw tooLarge(name, content.length, most);
  return content;
}

function tooLarge(name: string, size: number, most: number): Failure {
  return new Failure('usage', `${name} is too large: ${size} bytes, at most ${most} are taken`);
}

function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT') return 'no such file';
  if (code === 'EACCES') return 'permission denied';
  if (code === 'EISDIR') return 'it is a directory';
  return message;
}
