import { Failure } from '../failure.ts';
import type { Field, Fields } from '../field.ts';
import { asFlag, flagOf, settingOf } from '../settings.ts';
import type { Check } from './check.ts';
import { kinds } from './kinds.ts';

export type Settings = Readonly<Record<string, unknown>>;

/** The settings of all kinds together, each flag once and none required; the summary says which kinds take it, and what is taken where it is not given. */
export function allSettings(): Fields {
  const names = [...new Set(kinds.flatMap(({ settings }) => Object.keys(settings)))];
  return Object.fromEntries(names.map(together));
}

function together(name: string): [string, Field] {
  const takers = kinds.filter(({ settings }) => name in settings);
  const fields = takers.map(({ settings }) => settings[name]!);
  const { required: _, default: __, ...declared } = fields[0]!;
  const summaries = [...new Set(fields.map(({ summary }) => summary))];
  const joined = summaries
    .map((text, index) => (index === 0 ? text : text.replace(/^./, first => first.toLowerCase())))
    .join('; ');
  const wheres = takers.map(({ name: taker, settings }) => `${taker}${sayDefault(settings[name]!)}`);
  const { from, ...more } = asFlag(name, declared);
  return [flagOf(name, declared), { ...declared, summary: `${joined}${from} (${wheres.join(', ')})`, ...more }];
}

function sayDefault({ type, default: value }: Field): string {
  if (value === undefined) return '';
  return type === 'duration' ? `: ${Number(value) / 1000}s` : `: ${Array.isArray(value) ? value.join(',') : value}`;
}

/** The settings of a kind from what was given by the names of flags or of settings, with defaults; those of `before` stay where nothing is given, and an empty text takes one away. Throws `usage` that names the flag. */
export async function readSettings(check: Check, flags: Settings, before: Settings = {}): Promise<Settings> {
  const given = Object.fromEntries(Object.entries(flags).map(([flag, value]) => [settingOf(flag), value]));
  const names = Object.keys(check.settings);
  const strange = Object.keys(given).find(name => given[name] !== undefined && !names.includes(name));
  if (strange !== undefined) {
    throw new Failure('usage', `${strange}: a check of type ${check.name} has no such setting`, {
      hint: `It takes ${names.map(name => `--${flagOf(name, check.settings[name]!)}`).join(', ')}`,
    });
  }
  const settings = Object.fromEntries(
    names.flatMap(name => {
      const declared = check.settings[name]!;
      const value = isNothing(given[name]) ? undefined : (given[name] ?? before[name]);
      const read = value ?? declared.default;
      if (read === undefined && declared.required) {
        throw new Failure('usage', `${name}: is missing`, {
          hint: `A check of type ${check.name} needs --${flagOf(name, declared)}`,
        });
      }
      return read === undefined ? [] : [[name, read] as const];
    }),
  );
  await check.validate?.(settings as never);
  return settings;
}

function isNothing(value: unknown): boolean {
  return value === '' || (Array.isArray(value) && value.every(one => one === ''));
}
