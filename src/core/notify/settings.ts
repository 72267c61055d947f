import { Failure } from '../failure.ts';
import type { Field, Fields } from '../field.ts';
import { asFlag, flagOf, hideSecrets, type Setting, settingOf } from '../settings.ts';
import type { Channel } from './channel.ts';
import { kinds } from './kinds/index.ts';

type Values = Readonly<Record<string, unknown>>;

/** The settings of all kinds as flags, each with the kinds that have it; a secret or a text of lines is given by the name of a file, which never stands in a list of processes or a history. Without defaults and requirements, which depend on the kind. */
export function settingFlags(): Record<string, Field> {
  const flags: Record<string, Field> = {};
  const all = [...kinds.values()].flatMap(kind => Object.entries(kind.settings as Fields));
  for (const [name, setting] of all) {
    const of = [...kinds.values()].filter(kind => name in kind.settings).map(kind => kind.name);
    const { required: _, default: usual, summary, ...rest } = setting as Setting;
    const { from, ...more } = asFlag(name, setting);
    const shown = usual === undefined || of.length > 1 ? '' : `; ${usual} where absent`;
    flags[flagOf(name, setting)] = { ...rest, summary: `${summary}${from}${shown} (${of.join(', ')})`, ...more };
  }
  return flags;
}

/** The values of flags by the names of the settings. */
export function settingsOf(input: Values): Record<string, unknown> {
  const names = Object.keys(settingFlags()).filter(flag => input[flag] !== undefined);
  return Object.fromEntries(names.map(flag => [settingOf(flag), input[flag]]));
}

/** The kind of that name; throws `usage`. */
export function kindOf(name: string): Channel {
  const kind = kinds.get(name);
  if (kind) return kind;
  throw new Failure('usage', `there is no channel of the type ${name}`, {
    hint: `Known: ${[...kinds.keys()].join(', ')}`,
  });
}

/** The settings of a kind with its defaults; an empty text takes a setting away. Throws `usage` that names a setting which is missing, unknown to the kind, or makes no sense. */
export function checkSettings(kind: Channel, given: Values): Record<string, unknown> {
  const unknown = Object.keys(given).find(name => !(name in kind.settings));
  const known = Object.entries(kind.settings);
  if (unknown !== undefined) {
    const flags = known.map(([name, setting]) => `--${flagOf(name, setting)}`);
    throw new Failure('usage', `a channel of the type ${kind.name} has no ${unknown}`, {
      hint: flags.length > 0 ? `It has: ${flags.join(', ')}` : 'It has no settings',
    });
  }
  const settings: Record<string, unknown> = {};
  for (const [name, setting] of known) {
    const value = given[name] === '' || given[name] === undefined ? setting.default : given[name];
    const flag = `--${flagOf(name, setting)}`;
    if (value === undefined && setting.required)
      throw new Failure('usage', `a channel of the type ${kind.name} needs ${name}`, { hint: `Add ${flag}` });
    if (name === 'url' || name === 'incoming-url') checkAddress(name, value);
    if (value !== undefined) settings[name] = value;
  }
  kind.check?.(settings as never);
  return settings;
}

/** The settings as they are shown: of a secret only that it is there. */
export function shownSettings(kind: Channel, settings: Values): Record<string, unknown> {
  const shown = hideSecrets(kind.settings, settings);
  return Object.fromEntries(Object.keys(kind.settings).map(name => [name.replaceAll('-', '_'), shown[name] ?? null]));
}

function checkAddress(name: string, value: unknown): void {
  const text = String(value ?? '').trim();
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (value === undefined || (url && ['https:', 'http:'].includes(url.protocol) && !url.username)) return;
  throw new Failure('usage', `${name} is not an http or https address without a user in it`);
}
