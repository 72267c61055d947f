import { Failure } from '../failure.ts';
import { parsers } from '../parse.ts';
import type { Table } from './document.ts';
import { isTable } from './file.ts';
import type { Setting } from './settings.ts';

/** The value of a setting from what was typed; throws `usage` that says what is wrong, without the setting's name. */
export function parseSetting(setting: Setting, typed: readonly string[]): unknown {
  return checkSetting(setting, parsers[setting.type](typed));
}

/** The value itself; throws `usage` when it is of the right type and makes no sense. */
export function checkSetting<T>(setting: Setting, value: T): T {
  setting.check?.(value as never);
  return value;
}

/** What `read` gives; `usage` that it throws gets the place in front: `CLOUDCTL_TIMEOUT: 'x' is not a duration`. */
export function naming<T>(place: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    throw new Failure('usage', `${place}: ${error.message}`, { hint: error.hint });
  }
}

/** The value of a setting from TOML; throws `usage` when it is of another type. */
export function fromToml(setting: Setting, value: unknown): unknown {
  if (Array.isArray(value) && setting.type === 'list') {
    if (value.every(one => typeof one === 'string' || typeof one === 'number')) return value.map(String);
    throw new Failure('usage', 'is not a list of texts');
  }
  if (typeof value === 'string') return parseSetting(setting, [value]);
  if (typeof value === 'boolean' && setting.type === 'boolean') return value;
  if (typeof value === 'number' && setting.type === 'integer') return parseSetting(setting, [String(value)]);
  throw new Failure('usage', `is not a ${setting.type}`);
}

/** What the file keeps for a value that was typed: durations stay as typed, as hcloud writes them; throws `usage` for a wrong one. */
export function toToml(setting: Setting, typed: readonly string[]): string | number | boolean | string[] {
  if (setting.type !== 'list' && typed.length !== 1) throw new Failure('usage', 'takes exactly one value');
  const value = parseSetting(setting, typed);
  if (Array.isArray(value)) return [...new Set<string>(value)];
  return typeof value === 'boolean' || (typeof value === 'number' && setting.type === 'integer') ? value : typed[0]!;
}

/** A value as `config set` would take it: durations with their unit, lists joined by commas. */
export function showValue(setting: Setting, value: unknown): string | number | boolean | string[] | undefined {
  if (setting.type === 'duration' && typeof value === 'number') return formatDuration(value);
  return value as string | number | boolean | string[] | undefined;
}

/** Milliseconds as text such as `500ms` or `1m30s`. */
export function formatDuration(milliseconds: number): string {
  if (milliseconds === 0) return '0s';
  const units = [
    ['h', 3_600_000],
    ['m', 60_000],
    ['s', 1_000],
  ] as const;
  let rest = milliseconds;
  let text = '';
  for (const [unit, length] of units) {
    const count = Math.floor(rest / length);
    if (count > 0) text += `${count}${unit}`;
    rest -= count * length;
  }
  return rest > 0 ? `${text}${rest}ms` : text;
}

/** The keys under which the file has a setting: `sort.floating-ip` is `floating_ip` in the table `sort`. */
export function keysOf(name: string): string[] {
  return name.replaceAll('-', '_').split('.');
}

/** The preference at those keys, undefined when there is none. */
export function readPreference(preferences: Table | undefined, keys: readonly string[]): unknown {
  let value: unknown = preferences;
  for (const key of keys) value = isTable(value) && Object.hasOwn(value, key) ? value[key] : undefined;
  return value;
}

/** The preferences with one set, or taken away by `undefined`; a table that becomes empty goes too. */
export function writePreference(preferences: Table, keys: readonly string[], value: unknown): Table {
  const [key = '', ...deeper] = keys;
  const { [key]: current, ...others } = preferences;
  const written = deeper.length === 0 ? value : writePreference(isTable(current) ? current : {}, deeper, value);
  const isGone = written === undefined || (isTable(written) && Object.keys(written).length === 0);
  return isGone ? others : { ...others, [key]: written };
}

/** Both sets of preferences, the second one's where both have one; `sort` and `columns` are joined by resource. */
export function mergePreferences(first: Table, second: Table): Table {
  const joined = Object.entries(second).map(([key, value]) => {
    const before = first[key];
    return [key, isTable(before) && isTable(value) ? { ...before, ...value } : value];
  });
  return { ...first, ...Object.fromEntries(joined) };
}
