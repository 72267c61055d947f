import { type ConfigDocument, type Context, contextsOf, type Table } from './document.ts';
import { HETZNER_ENDPOINT } from './endpoint.ts';
import { isTable } from './file.ts';
import { declarationOf, settingNames } from './keys.ts';
import { formatDuration, fromToml, keysOf, readPreference, writePreference } from './values.ts';

/** A context of hcloud's file, its endpoint as it was and the preferences that cloudctl has too. */
export interface HcloudContext {
  readonly name: string;
  readonly endpoint: string;
  readonly token?: string;
  readonly preferences: Table;
}

/** What there is to take over from hcloud's file. */
export interface HcloudConfig {
  readonly active?: string;
  readonly preferences: Table;
  readonly contexts: readonly HcloudContext[];
}

/** hcloud's document in cloudctl's terms; preferences that cloudctl does not have or cannot read are left out. */
export function readHcloudConfig(document: ConfigDocument): HcloudConfig {
  const global = document.preferences ?? {};
  return {
    active: document.active_context || undefined,
    preferences: keepKnown(global),
    contexts: contextsOf(document).map(context => readContext(context, global)),
  };
}

function readContext(context: Context, global: Table): HcloudContext {
  const own = context.preferences ?? {};
  const endpoint = own.endpoint ?? global.endpoint ?? HETZNER_ENDPOINT;
  return {
    name: context.name,
    endpoint: String(endpoint),
    token: typeof context.token === 'string' ? context.token : undefined,
    preferences: keepKnown(own),
  };
}

/** The endpoint is not among them: each context gets its own, so that a token stays bound to where it belongs. */
function keepKnown(preferences: Table): Table {
  let kept: Table = {};
  for (const name of settingNames()) {
    const setting = declarationOf(name);
    if (name === 'endpoint' || !setting.hcloud || !setting.places.includes('file')) continue;
    const keys = keysOf(name);
    const value = asText(setting.type, readPreference(preferences, keys));
    if (value !== undefined && isValid(() => fromToml(setting, value))) kept = writePreference(kept, keys, value);
  }
  return kept;
}

function asText(type: string, value: unknown): unknown {
  // Go writes a duration without a unit in nanoseconds.
  if (type === 'duration' && typeof value === 'number') return formatDuration(value / 1_000_000);
  return isTable(value) ? undefined : value;
}

function isValid(read: () => unknown): boolean {
  try {
    read();
    return true;
  } catch {
    return false;
  }
}
