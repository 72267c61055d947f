import { parseEndpoint, WORKOS_ENDPOINT } from '../../core/config/endpoint.ts';
import { Failure } from '../../core/failure.ts';
import { type Field, type FieldType, field } from '../../core/field.ts';
import { checkLabelKey } from '../../core/parse.ts';
import { pageDefaults } from '../../core/status-page/fields.ts';
import {
  checkAbsolute,
  checkAtLeast,
  checkMode,
  checkName,
  checkProxy,
  checkRedis,
  checkStore,
  checkTargets,
  checkUrl,
} from './checks.ts';
import { parseListen } from './listen.ts';

/** A key of the configuration file; every one is an environment variable too. */
export interface Key<T extends FieldType = FieldType> extends Field<T> {
  readonly env: string;
  /** Taken over by a reload; the others need a restart. */
  readonly live?: boolean;
  /** What the example has for it, as TOML; made of its type where absent. */
  readonly sample?: string;
  /** Throws `usage` for a value of the right type that makes no sense. */
  readonly check?: (value: never) => unknown;
}

/** Every key of cloudctld.toml, in the order of the documentation; a dot parts a table from its key. Keys without a default have one that depends on where the daemon runs, or are optional. */
export const keys = {
  'state-directory': field('text', 'Folder of the store, its key, its copies and its lock', {
    env: 'CLOUDCTLD_STATE_DIRECTORY',
    placeholder: 'folder',
    check: checkAbsolute,
  }),
  socket: field('text', 'Unix socket to listen on', {
    env: 'CLOUDCTLD_SOCKET',
    placeholder: 'path',
    check: checkSocket,
  }),
  'socket-mode': field('text', 'Permissions of the socket: 0600 for one user, 0660 for a group', {
    env: 'CLOUDCTLD_SOCKET_MODE',
    placeholder: 'mode',
    check: checkMode,
  }),
  'socket-group': field('text', 'Group that may connect to the socket', {
    env: 'CLOUDCTLD_SOCKET_GROUP',
    placeholder: 'group',
    check: checkName,
  }),
  listen: field('text', 'Address and port to listen on besides the socket: 127.0.0.1:8080, [::]:8443', {
    env: 'CLOUDCTLD_LISTEN',
    placeholder: 'address:port',
    check: parseListen,
  }),
  'tls-cert': field('text', 'File of the certificate chain for `listen`, PEM', {
    env: 'CLOUDCTLD_TLS_CERT',
    placeholder: 'file',
    check: checkAbsolute,
  }),
  'tls-key': field('text', 'File of the private key of that certificate, PEM', {
    env: 'CLOUDCTLD_TLS_KEY',
    placeholder: 'file',
    check: checkAbsolute,
  }),
  'trusted-proxies': field(
    'list',
    'Networks of the proxies whose X-Forwarded-For is believed; with it `listen` may be plain http',
    {
      env: 'CLOUDCTLD_TRUSTED_PROXIES',
      placeholder: 'networks',
      check: checkProxy,
    },
  ),
  'public-url': field('text', 'Address that people reach this daemon under, for links', {
    env: 'CLOUDCTLD_PUBLIC_URL',
    placeholder: 'url',
    check: checkUrl,
  }),
  store: field('text', 'Where the truth is kept: sqlite, or mysql://user:password@host/database', {
    env: 'CLOUDCTLD_STORE',
    placeholder: 'url',
    default: 'sqlite',
    secret: true,
    check: checkStore,
  }),
  redis: field('text', 'Redis that carries jobs and lists between several daemons: redis://host:6379', {
    env: 'CLOUDCTLD_REDIS',
    placeholder: 'url',
    secret: true,
    check: checkRedis,
  }),
  'hetzner-endpoint': field('text', "Address of Hetzner's API", {
    env: 'CLOUDCTLD_HETZNER_ENDPOINT',
    placeholder: 'url',
    check: parseEndpoint,
  }),
  'hetzner-token-file': field('text', 'File that holds the token of the Hetzner project', {
    env: 'CLOUDCTLD_HETZNER_TOKEN_FILE',
    placeholder: 'file',
    live: true,
    check: checkAbsolute,
  }),
  'admin-token-file': field('text', 'File that holds the token by which an administrator comes in over `listen`', {
    env: 'CLOUDCTLD_ADMIN_TOKEN_FILE',
    placeholder: 'file',
    live: true,
    check: checkAbsolute,
  }),
  'workos-client-id': field('text', 'Client of WorkOS whose sessions are accepted', {
    env: 'CLOUDCTLD_WORKOS_CLIENT_ID',
    placeholder: 'id',
    check: checkName,
  }),
  'workos-organizations': field('list', 'Organizations of WorkOS whose administrators are let in', {
    env: 'CLOUDCTLD_WORKOS_ORGANIZATIONS',
    placeholder: 'ids',
  }),
  'workos-endpoint': field('text', 'Address of WorkOS', {
    env: 'CLOUDCTLD_WORKOS_ENDPOINT',
    placeholder: 'url',
    default: WORKOS_ENDPOINT,
    check: parseEndpoint,
  }),
  'workos-api-key-file': field(
    'text',
    'File that holds an API key of WorkOS: users, roles and sessions then follow what is done there, and the other way round',
    {
      env: 'CLOUDCTLD_WORKOS_API_KEY_FILE',
      placeholder: 'file',
      live: true,
      check: checkAbsolute,
    },
  ),
  'session-ttl': field('duration', 'How long a sign-in with a password lasts', {
    env: 'CLOUDCTLD_SESSION_TTL',
    placeholder: 'duration',
    default: 43_200_000,
    live: true,
    check: checkAtLeast(60_000),
  }),
  lease: field('duration', 'How long a job is held by a daemon that shows no life, before another one takes it', {
    env: 'CLOUDCTLD_LEASE',
    placeholder: 'duration',
    default: 30_000,
    check: checkAtLeast(1_000),
  }),
  'log-level': field('text', 'Least severe records that are written', {
    env: 'CLOUDCTLD_LOG_LEVEL',
    choices: ['debug', 'info', 'warn', 'error'],
    default: 'info',
    live: true,
  }),
  'log-format': field('text', 'json, text, or auto: text on a terminal', {
    env: 'CLOUDCTLD_LOG_FORMAT',
    choices: ['auto', 'json', 'text'],
    default: 'auto',
  }),
  'max-concurrent-images': field('integer', 'Images made at the same time, over all schedules', {
    env: 'CLOUDCTLD_MAX_CONCURRENT_IMAGES',
    placeholder: 'number',
    default: 2,
    live: true,
    check: checkAtLeast(1),
  }),
  'snapshot-limit': field('integer', 'Snapshots that the project may have, where the limit is known', {
    env: 'CLOUDCTLD_SNAPSHOT_LIMIT',
    placeholder: 'number',
    live: true,
    check: checkAtLeast(1),
  }),
  'allow-private-targets': field(
    'list',
    'Networks of your own that channels may connect to; others than those of the internet are refused',
    {
      env: 'CLOUDCTLD_ALLOW_PRIVATE_TARGETS',
      placeholder: 'networks',
      live: true,
      check: checkProxy,
    },
  ),
  'allow-private-checks': field(
    'list',
    'Networks of your own that checks may connect to; where absent all but link-local ones while nobody comes in but by the socket, and none with `listen`',
    {
      env: 'CLOUDCTLD_ALLOW_PRIVATE_CHECKS',
      placeholder: 'networks',
      live: true,
      check: checkProxy,
    },
  ),
  'neutral-targets': field(
    'list',
    "Addresses host:port that tell whether the daemon's own network works; Hetzner's API where absent",
    {
      env: 'CLOUDCTLD_NEUTRAL_TARGETS',
      placeholder: 'addresses',
      sample: '["api.hetzner.cloud:443"]',
      check: checkTargets,
    },
  ),
  'copies.directory': field('text', 'Folder for the daily copies of the store; in the state directory where absent', {
    env: 'CLOUDCTLD_COPIES_DIRECTORY',
    placeholder: 'folder',
    check: checkAbsolute,
  }),
  'copies.keep': field('integer', 'Copies of the store that are kept', {
    env: 'CLOUDCTLD_COPIES_KEEP',
    placeholder: 'number',
    default: 7,
    live: true,
    check: checkAtLeast(1),
  }),
  'status-page.directory': field(
    'text',
    'Folder that a status page is written to, each minute and when a check changes',
    {
      env: 'CLOUDCTLD_STATUS_PAGE_DIRECTORY',
      placeholder: 'folder',
      check: checkAbsolute,
    },
  ),
  'status-page.checks': field('list', 'Checks that it shows: names or patterns; ["*"] for all', {
    env: 'CLOUDCTLD_STATUS_PAGE_CHECKS',
    placeholder: 'names',
    sample: '["*"]',
  }),
  'status-page.selector': field('selector', 'Also all checks whose labels match', {
    env: 'CLOUDCTLD_STATUS_PAGE_SELECTOR',
    placeholder: 'selector',
    sample: '"public=yes"',
  }),
  'status-page.title': field('text', 'Its title', {
    env: 'CLOUDCTLD_STATUS_PAGE_TITLE',
    placeholder: 'text',
    default: pageDefaults.title,
  }),
  'status-page.group-by': field('text', 'Label whose values are its groups', {
    env: 'CLOUDCTLD_STATUS_PAGE_GROUP_BY',
    placeholder: 'label',
    default: pageDefaults['group-by'],
    check: checkLabelKey,
  }),
  'heartbeat.url-file': field('text', 'File that holds an address which is called while the daemon is well', {
    env: 'CLOUDCTLD_HEARTBEAT_URL_FILE',
    placeholder: 'file',
    check: checkAbsolute,
  }),
  'heartbeat.interval': field('duration', 'How often it is called', {
    env: 'CLOUDCTLD_HEARTBEAT_INTERVAL',
    placeholder: 'duration',
    default: 60_000,
    check: checkAtLeast(10_000),
  }),
} satisfies Readonly<Record<string, Key>>;

export type KeyName = keyof typeof keys;

/** The declaration of a key by its name. */
export function keyOf(name: KeyName): Key {
  return keys[name];
}

// The address of a socket has 108 bytes on Linux, the last of them 0.
function checkSocket(path: string): void {
  checkAbsolute(path);
  const bytes = Buffer.byteLength(path);
  if (bytes > 107) throw new Failure('usage', `a socket's path has 107 bytes at most, this one has ${bytes}`);
}
