import { Failure } from '../failure.ts';
import { type Field, type Fields, type FieldType, field, type Input } from '../field.ts';
import { HETZNER_ENDPOINT, parseEndpoint, WORKOS_ENDPOINT } from './endpoint.ts';

/** Where a setting may be given: `file` covers the global and the context's preferences. */
export type Place = 'flag' | 'env' | 'file';

/** A Field of the whole program, with the places that may give it. */
export interface Setting<T extends FieldType = FieldType> extends Field<T> {
  readonly places: readonly Place[];
  /** hcloud knows it too: `HCLOUD_...` is read where `CLOUDCTL_...` is not set. */
  readonly hcloud?: boolean;
  /** Throws `usage` for a value of the right type that makes no sense. */
  readonly check?: (value: never) => unknown;
}

const everywhere = { places: ['flag', 'env', 'file'] } as const;
const flagOrEnv = { places: ['flag', 'env'] } as const;

/** Every setting once; the key in the file is the name with `_` for `-`. */
export const settings = {
  config: field('text', 'Path of the configuration file', {
    ...flagOrEnv,
    env: 'CLOUDCTL_CONFIG',
    placeholder: 'file',
    check: requireText,
  }),
  context: field('text', 'Context to use, in place of the active one', {
    ...flagOrEnv,
    env: 'CLOUDCTL_CONTEXT',
    hcloud: true,
    placeholder: 'name',
    check: requireText,
  }),
  token: field('text', 'Token of the API', { places: ['env'], env: 'CLOUDCTL_TOKEN', hcloud: true, secret: true }),
  endpoint: field('text', 'Address of the API', {
    ...everywhere,
    env: 'CLOUDCTL_ENDPOINT',
    hcloud: true,
    placeholder: 'url',
    default: HETZNER_ENDPOINT,
    check: parseEndpoint,
  }),
  daemon: field('text', 'Address of the daemon for its own resources: unix:///path or https://host', {
    ...everywhere,
    env: 'CLOUDCTL_DAEMON',
    placeholder: 'address',
    check: requireDaemon,
  }),
  debug: field('boolean', 'Write requests and answers to standard error, without secrets', {
    ...everywhere,
    env: 'CLOUDCTL_DEBUG',
    hcloud: true,
    default: false,
  }),
  'debug-file': field('text', 'Write debug output to this file', {
    ...everywhere,
    env: 'CLOUDCTL_DEBUG_FILE',
    hcloud: true,
    placeholder: 'file',
  }),
  'poll-interval': field('duration', 'Ask for the state of actions at this constant interval', {
    ...everywhere,
    env: 'CLOUDCTL_POLL_INTERVAL',
    hcloud: true,
    placeholder: 'duration',
  }),
  'http-timeout': field('duration', 'Longest that one request may take; 0 for no bound', {
    ...everywhere,
    env: 'CLOUDCTL_HTTP_TIMEOUT',
    hcloud: true,
    placeholder: 'duration',
    default: 30_000,
  }),
  timeout: field('duration', 'Longest that the whole command may wait', {
    ...everywhere,
    env: 'CLOUDCTL_TIMEOUT',
    placeholder: 'duration',
  }),
  concurrency: field('integer', 'How many targets are worked on at the same time', {
    ...everywhere,
    env: 'CLOUDCTL_CONCURRENCY',
    placeholder: 'number',
    default: 10,
    check: requirePositive,
  }),
  quiet: field('boolean', 'Write only what was asked for and errors', {
    ...everywhere,
    env: 'CLOUDCTL_QUIET',
    hcloud: true,
    default: false,
  }),
  'no-input': field('boolean', 'Never ask, fail where an answer is needed', {
    ...everywhere,
    env: 'CLOUDCTL_NO_INPUT',
    default: false,
  }),
  // Not in the file: a forgotten line there would take away every question before a loss.
  yes: field('boolean', 'Do not ask before destroying', { ...flagOrEnv, env: 'CLOUDCTL_YES', default: false }),
  'default-ssh-keys': field('list', 'SSH keys for new servers where none is named', {
    places: ['env', 'file'],
    env: 'CLOUDCTL_DEFAULT_SSH_KEYS',
    hcloud: true,
    default: [] as string[],
  }),
  'token-storage': field('text', 'How tokens are kept: encrypted with a key in the keyring, or in a file', {
    places: ['env', 'file'],
    env: 'CLOUDCTL_TOKEN_STORAGE',
    choices: ['auto', 'keyring', 'file'] as const,
    default: 'auto',
  }),
  'workos-client-id': field('text', 'Client id of the WorkOS environment to sign in with', {
    places: ['env', 'file'],
    env: 'CLOUDCTL_WORKOS_CLIENT_ID',
    check: requireText,
  }),
  'workos-endpoint': field('text', 'Address of WorkOS', {
    places: ['env', 'file'],
    env: 'CLOUDCTL_WORKOS_ENDPOINT',
    placeholder: 'url',
    default: WORKOS_ENDPOINT,
    check: parseEndpoint,
  }),
  'workos-domain': field('text', 'Host of the sign-in page, where it is not one of WorkOS', {
    places: ['env', 'file'],
    env: 'CLOUDCTL_WORKOS_DOMAIN',
    check: requireText,
  }),
  'hetzner-endpoint': field('text', 'Accepted because hcloud has it, for storage boxes', {
    ...everywhere,
    env: 'CLOUDCTL_HETZNER_ENDPOINT',
    hcloud: true,
    hidden: true,
    placeholder: 'url',
  }),
  'no-experimental-warnings': field('boolean', 'Accepted because hcloud has it; cloudctl has no such warnings', {
    ...everywhere,
    env: 'CLOUDCTL_NO_EXPERIMENTAL_WARNINGS',
    hcloud: true,
    hidden: true,
    default: false,
  }),
} as const satisfies Readonly<Record<string, Setting>>;

export type SettingName = keyof typeof settings;
export type SettingValues = Input<typeof settings>;

/** Settings that exist once a resource, with what each says; `sort.server` is one key. */
export const settingFamilies = {
  sort: { ...field('list', 'Order of the list of'), places: ['env', 'file'], hcloud: true },
  columns: { ...field('list', 'Columns of the list of'), places: ['env', 'file'] },
} as const satisfies Readonly<Record<string, Setting>>;

export type Family = keyof typeof settingFamilies;

/** The flags that every command takes. */
export const globalFields: Fields = Object.fromEntries(
  Object.entries<Setting>(settings).filter(([, setting]) => setting.places.includes('flag')),
);

/** The environment variables that give a setting, first choice first. */
export function environmentNames(name: string, setting: Setting): string[] {
  if (!setting.places.includes('env')) return [];
  const own = setting.env ?? `CLOUDCTL_${name.replace(/[.-]/g, '_').toUpperCase()}`;
  return setting.hcloud ? [own, own.replace('CLOUDCTL_', 'HCLOUD_')] : [own];
}

function requirePositive(value: number): void {
  if (value < 1) throw new Failure('usage', `'${value}' is less than 1`);
}

function requireDaemon(value: string): void {
  if (!value.startsWith('unix:/')) parseEndpoint(value);
}

// `--context "$CONTEXT"` with the variable unset must not quietly mean another context.
function requireText(value: string): void {
  if (value === '') throw new Failure('usage', 'is empty');
}
