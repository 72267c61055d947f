import { preferencesOf, replacePreferences } from '../../core/config/document.ts';
import { changeConfig } from '../../core/config/file.ts';
import { requirePreference } from '../../core/config/keys.ts';
import { requireConfigPath } from '../../core/config/paths.ts';
import type { Setting } from '../../core/config/settings.ts';
import {
  fromToml,
  keysOf,
  naming,
  parseSetting,
  readPreference,
  toToml,
  writePreference,
} from '../../core/config/values.ts';
import { Failure } from '../../core/failure.ts';
import { command, outputFields } from '../command.ts';
import { note, tell } from '../context/tell.ts';
import { parseFormat } from '../output/format.ts';
import type { Session } from '../session.ts';
import { globalFlag, keyOperand, scopeOf, valueOperand } from './fields.ts';

const description =
  'Values are kept for the current context, or with --global for all. The file is written anew: keys that cloudctl does not know are kept, comments are not.';

/** `config set`. */
export const set = command({
  name: 'set',
  summary: 'Set a value',
  description,
  fields: { ...keyOperand, ...valueOperand, ...globalFlag, ...outputFields },
  examples: ['cloudctl config set poll-interval 1s', 'cloudctl config set --global sort.server name:asc'],
  exits: ['not_found', 'busy'],
  run: (session, input) => change(session, input, input.value, (setting, typed) => toToml(setting, typed)),
});

/** `config unset`: the value of the next layer holds again. */
export const unset = command({
  name: 'unset',
  summary: 'Take a value away',
  description,
  fields: { ...keyOperand, ...globalFlag, ...outputFields },
  examples: ['cloudctl config unset poll-interval'],
  exits: ['not_found', 'busy'],
  run: (session, input) => change(session, input, [], () => undefined),
});

/** `config add`: to a list. */
export const add = command({
  name: 'add',
  summary: 'Add values to a list',
  description,
  fields: { ...keyOperand, ...valueOperand, ...globalFlag, ...outputFields },
  examples: ['cloudctl config add default-ssh-keys laptop'],
  exits: ['not_found', 'busy'],
  run: (session, input) =>
    change(session, input, input.value, (setting, typed, before) => [
      ...new Set([...listIn(setting, before), ...(parseSetting(setting, typed) as string[])]),
    ]),
});

/** `config remove`: from a list; the last one takes the setting away. */
export const remove = command({
  name: 'remove',
  summary: 'Remove values from a list',
  description,
  fields: { ...keyOperand, ...valueOperand, ...globalFlag, ...outputFields },
  examples: ['cloudctl config remove default-ssh-keys laptop'],
  exits: ['not_found', 'busy'],
  run: (session, input) =>
    change(session, input, input.value, (setting, typed, before) => {
      const there = listIn(setting, before);
      const gone = parseSetting(setting, typed) as string[];
      const left = there.filter(one => !gone.includes(one));
      return left.length > 0 ? left : undefined;
    }),
});

interface Input {
  readonly key: string;
  readonly global?: boolean;
  readonly output?: string[];
  readonly columns?: string[];
  readonly query?: string;
}

/** Makes the new value from the setting, what was typed and what is in the file at that moment. */
type Change = (setting: Setting, typed: readonly string[], before: unknown) => unknown;

async function change(session: Session, input: Input, typed: readonly string[], make: Change): Promise<void> {
  const format = parseFormat({ output: input.output, columns: input.columns, query: input.query });
  const { settings, world } = session;
  const { name, setting } = requirePreference(input.key);
  const path = requireConfigPath(settings.configPath);
  const scope = scopeOf(session, input.global);
  const keys = keysOf(name);
  let before: unknown;
  let after: unknown;
  await changeConfig(path, world, document => {
    const preferences = preferencesOf(document, scope);
    before = readPreference(preferences, keys);
    after = naming(name, () => make(setting, typed, before));
    return same(before, after)
      ? document
      : replacePreferences(document, scope, writePreference(preferences, keys, after));
  });
  const where = scope === undefined ? 'for all contexts' : `in context ${scope}`;
  const done = after === undefined ? `unset ${where}` : `set to ${String(after)} ${where}`;
  if (same(before, after)) note(session, format, `${name} was so before`);
  await tell(session, format, name, done, { key: name, value: after ?? null, context: scope ?? null });
}

/** The list that is in the file; throws `usage` for a setting that is none. */
function listIn(setting: Setting, value: unknown): string[] {
  if (setting.type !== 'list') throw new Failure('usage', 'is not a list', { hint: 'cloudctl config set' });
  return value === undefined ? [] : (fromToml(setting, value) as string[]);
}

function same(before: unknown, after: unknown): boolean {
  return JSON.stringify(before) === JSON.stringify(after);
}
