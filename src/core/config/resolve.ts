import { Failure } from '../failure.ts';
import type { World } from '../world.ts';
import { type ConfigDocument, type Context, contextsOf, findContext } from './document.ts';
import { type ConfigFile, faultIn, readConfig } from './file.ts';
import { defaultConfigPath } from './paths.ts';
import {
  environmentNames,
  type Family,
  type Setting,
  type SettingName,
  type SettingValues,
  settingFamilies,
  settings,
} from './settings.ts';
import { checkSetting, fromToml, keysOf, naming, parseSetting, readPreference } from './values.ts';

/** Which layer gave a value. */
export type Origin = 'flag' | `env ${string}` | 'context' | 'file' | 'default';

type Camel<Name extends string> = Name extends `${infer Head}-${infer Tail}`
  ? `${Head}${Capitalize<Camel<Tail>>}`
  : Name;
type Plain = Omit<SettingValues, 'config' | 'context' | 'token'>;

/** Every setting under its name in camel case, flag > env > context > file > default; the token is not among them. */
export type Settings = { readonly [K in keyof Plain as Camel<K>]: Plain[K] } & {
  /** Undefined when nothing says where the configuration is; the file need not exist. */
  readonly configPath?: string;
  readonly contextName?: string;
  /** The context itself; undefined when there is none of that name. */
  readonly context?: Context;
  /** Orders of lists, by resource: `['name:asc']`. */
  readonly sort: Readonly<Record<string, readonly string[]>>;
  /** Columns of lists, by resource. */
  readonly columns: Readonly<Record<string, readonly string[]>>;
  /** Where each value is from, by the setting's own name (`poll-interval`, `sort.server`). */
  readonly origins: Readonly<Record<string, Origin>>;
  /** The configuration file as it was read. */
  readonly document: ConfigDocument;
};

interface Layers {
  readonly flags: Readonly<Record<string, unknown>>;
  readonly env: World['env'];
  readonly file: ConfigFile;
  readonly context?: Context;
}

interface Found {
  readonly value: unknown;
  readonly origin: Origin;
}

/** The settings of this run, or with `ignoreContext` as they are in no context; flags are by name or camel case, as typed or already parsed; throws `usage` that names where a wrong value is from. */
export async function resolveSettings(
  world: Pick<World, 'env' | 'platform'>,
  flags: Readonly<Record<string, unknown>>,
  options: { readonly ignoreContext?: boolean } = {},
): Promise<Settings> {
  const { env } = world;
  const outside: Layers = { flags, env, file: { path: '', text: '', document: {} } };
  const config = lookUp('config', outside);
  const configPath = (config.value as string | undefined) ?? defaultConfigPath(world);
  const file = configPath ? await readConfig(configPath) : outside.file;
  const named: Found = options.ignoreContext ? { value: undefined, origin: 'default' } : lookUp('context', outside);
  const active = options.ignoreContext ? undefined : file.document.active_context || undefined;
  const contextName = (named.value as string | undefined) ?? active;
  const context = findContext(file.document, contextName);
  const layers = { flags, env, file, context };
  const origins: Record<string, Origin> = {
    config: config.origin,
    context: named.value === undefined && contextName ? 'file' : named.origin,
    token: lookUp('token', outside).origin,
  };
  const values: Record<string, unknown> = {};
  for (const name of Object.keys(settings) as SettingName[]) {
    if (name in origins) continue;
    const { value, origin } = lookUp(name, layers);
    values[camel(name)] = value;
    origins[name] = origin;
  }
  // hcloud's 0 means no bound; a timer can wait 24 days.
  if (values.httpTimeout === 0) values.httpTimeout = 2_147_483_647;
  const sort = resolveFamily('sort', layers, origins);
  const columns = resolveFamily('columns', layers, origins);
  const plain = values as { readonly [K in keyof Plain as Camel<K>]: Plain[K] };
  return { ...plain, configPath, contextName, context, sort, columns, origins, document: file.document };
}

function lookUp(name: SettingName, layers: Layers): Found {
  const setting: Setting = settings[name];
  return (
    fromFlag(name, setting, layers.flags) ??
    fromEnvironment(name, setting, layers.env) ??
    fromFile(name, setting, layers) ?? { value: setting.default, origin: 'default' }
  );
}

function fromFlag(name: string, setting: Setting, flags: Layers['flags']): Found | undefined {
  if (!setting.places.includes('flag')) return undefined;
  // commander keeps `--no-input` as `input: false`.
  const negated = name.startsWith('no-') && flags[camel(name.slice(3))] === false;
  const given = negated ? true : (flags[name] ?? flags[camel(name)]);
  if (given === undefined) return undefined;
  const typed = typeof given === 'string' ? [given] : given;
  const read = () => (isTyped(typed) ? parseSetting(setting, typed) : checkSetting(setting, given));
  return { value: naming(`--${name}`, read), origin: 'flag' };
}

function fromEnvironment(name: string, setting: Setting, env: World['env']): Found | undefined {
  const variable = environmentNames(name, setting).find(one => env[one]);
  if (!variable) return undefined;
  const value = naming(variable, () => parseSetting(setting, [env[variable]!]));
  return { value, origin: `env ${variable}` };
}

function fromFile(name: string, setting: Setting, layers: Layers): Found | undefined {
  if (!setting.places.includes('file')) return undefined;
  const { file, context } = layers;
  const keys = keysOf(name);
  if (context) {
    const path = ['contexts', contextsOf(file.document).indexOf(context), 'preferences', ...keys];
    const own = readValue(setting, file, path, readPreference(context.preferences, keys));
    if (own !== undefined) return { value: own, origin: 'context' };
  }
  const value = readValue(setting, file, ['preferences', ...keys], readPreference(file.document.preferences, keys));
  return value === undefined ? undefined : { value, origin: 'file' };
}

function readValue(setting: Setting, file: ConfigFile, path: (string | number)[], value: unknown): unknown {
  if (value === undefined) return undefined;
  try {
    return fromToml(setting, value);
  } catch (error) {
    throw error instanceof Failure ? faultIn(file, path, error.message) : error;
  }
}

function resolveFamily(family: Family, layers: Layers, origins: Record<string, Origin>): Record<string, string[]> {
  const setting: Setting = settingFamilies[family];
  const values: Record<string, string[]> = {};
  for (const resource of membersOf(family, setting, layers)) {
    const name = `${family}.${resource}`;
    const found = fromEnvironment(name, setting, layers.env) ?? fromFile(name, setting, layers);
    if (!found) continue;
    values[resource] = found.value as string[];
    origins[name] = found.origin;
  }
  return values;
}

function membersOf(family: Family, setting: Setting, layers: Layers): Set<string> {
  const prefixes = environmentNames(`${family}.`, setting);
  const variables = Object.keys(layers.env).flatMap(variable =>
    prefixes.filter(prefix => variable.startsWith(prefix)).map(prefix => variable.slice(prefix.length)),
  );
  const tables = [layers.context?.preferences, layers.file.document.preferences].map(one => one?.[family] ?? {});
  const keys = [...variables, ...tables.flatMap(table => Object.keys(table))];
  return new Set(keys.filter(key => key !== '').map(key => key.toLowerCase().replaceAll('_', '-')));
}

function isTyped(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every(one => typeof one === 'string');
}

function camel(name: string): string {
  return name.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());
}
