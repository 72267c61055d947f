import type { Table } from '../../core/config/document.ts';
import { lineOf, type TomlPath } from '../../core/config/locate.ts';
import { Failure } from '../../core/failure.ts';
import { parseValue } from '../../core/field.ts';
import { nearest } from '../../core/nearest.ts';
import type { Problem } from './configuration.ts';
import { type Hook, readHook } from './hooks.ts';
import { type Key, type KeyName, keyOf, keys } from './keys.ts';

/** Values with the place that gave each: a line of the file, a variable. */
export type Given = Partial<Readonly<Record<KeyName, { readonly value: unknown; readonly where: string }>>>;

type Complain = (problem: Problem) => void;

const names = Object.keys(keys) as KeyName[];
const tables = [...new Set(names.flatMap(name => (name.includes('.') ? [name.split('.')[0]!] : []))), 'hooks'];

interface File {
  readonly text: string;
  readonly file: string;
  readonly parse: (text: string) => Table;
  readonly complain: Complain;
}

/** What a file of TOML gives; every fault is told to `complain` with its line. Defaults are in it, as the lowest of all. */
export function gatherFile({ text, file, parse, complain }: File): { given: Given; hooks: Record<string, Hook> } {
  const whereOf = (path: TomlPath) => {
    // What stands in a table that is written in another way is said to be where its table is.
    const line = path.map((_, cut) => lineOf(text, path.slice(0, path.length - cut))).find(one => one !== undefined);
    return line === undefined ? file : `${file}:${line}`;
  };
  const given: Record<string, unknown> = defaults();
  const hooks: [string, Hook][] = [];
  for (const [path, value] of flatten(readDocument(text, file, parse, complain))) {
    const name = path.join('.');
    if (path[0] === 'hooks') {
      if (path.length === 1) complain({ where: whereOf(path), message: 'hooks is a table: [hooks.NAME]' });
      else gatherHook(path[1]!, value, whereOf, complain, hooks);
    } else if (Object.hasOwn(keys, name)) take(given, name as KeyName, value, whereOf(path), complain);
    else complain({ where: whereOf(path), message: `unknown key: ${name}`, hint: suggest(name) });
  }
  return { given: given as Given, hooks: Object.fromEntries(hooks) };
}

/** What the environment gives; variables that look like ours and are not are warned of only, since orchestrators set some by the name of a service. */
export function gatherEnvironment(env: Readonly<Record<string, string | undefined>>, complain: Complain) {
  const given: Record<string, unknown> = {};
  const known = new Map(names.map(name => [keyOf(name).env, name]));
  const warnings: string[] = [];
  for (const [variable, text] of Object.entries(env)) {
    if (!variable.startsWith('CLOUDCTLD_') || variable === 'CLOUDCTLD_CONFIG' || !text) continue;
    const name = known.get(variable);
    const meant = name ? undefined : nearest(variable, [...known.keys()]);
    if (!name) warnings.push(`${variable} is no variable of the daemon${meant ? `: did you mean ${meant}?` : ''}`);
    else takeTyped(given, name, [text], variable, complain);
  }
  return { given: given as Given, warnings };
}

function defaults(): Record<string, unknown> {
  const declared = names.map(name => [name, keyOf(name).default] as const);
  return Object.fromEntries(
    declared.flatMap(([name, value]) => (value === undefined ? [] : [[name, { value, where: 'default' }]])),
  );
}

function readDocument(text: string, file: string, parse: File['parse'], complain: Complain): Table {
  try {
    return parse(text);
  } catch (error) {
    const { line, message } = error as { line?: number; message: string };
    // The library's message goes on with an excerpt, which may hold a secret.
    const fault = message.split('\n')[0]!.replace(/^Invalid TOML document: /, '');
    complain({ where: line === undefined ? file : `${file}:${line}`, message: `not TOML: ${fault}` });
    return {};
  }
}

/** Keys with their values: of the tables that are known each key, anything else as it is. */
function* flatten(document: Table): Iterable<[string[], unknown]> {
  for (const [key, value] of Object.entries(document)) {
    if (!tables.includes(key) || !isTable(value)) yield [[key], value];
    else for (const [inner, one] of Object.entries(value)) yield [[key, inner], one];
  }
}

function gatherHook(
  name: string,
  value: unknown,
  whereOf: (path: TomlPath) => string,
  complain: Complain,
  hooks: [string, Hook][],
) {
  const path = ['hooks', name];
  if (!isTable(value)) {
    return complain({
      where: whereOf(path),
      message: `hooks.${name} is a table: [hooks.${name}] command = ["/path/of/program"]`,
    });
  }
  const hook = readHook(name, value, (key, { message, hint }) =>
    complain({
      where: whereOf(key ? [...path, key] : path),
      message: `hooks.${name}${key ? `.${key}` : ''}: ${message}`,
      hint,
    }),
  );
  if (hook) hooks.push([name, hook]);
}

function take(given: Record<string, unknown>, name: KeyName, value: unknown, where: string, complain: Complain): void {
  const typed = typedOf(keyOf(name), value);
  if (typeof typed === 'string') complain({ where, message: `${name} takes ${typed}` });
  else takeTyped(given, name, typed, where, complain);
}

function takeTyped(
  given: Record<string, unknown>,
  name: KeyName,
  typed: readonly string[],
  where: string,
  complain: Complain,
): void {
  const key = keyOf(name);
  try {
    const value = parseValue(key, typed);
    key.check?.(value as never);
    given[name] = { value, where };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    complain({ where, message: `${name}: ${error.message}`, hint: error.hint });
  }
}

/** What was typed, as words; or, for a value of another type, what the key takes. */
function typedOf({ type }: Key, value: unknown): readonly string[] | string {
  if (type === 'integer')
    return typeof value === 'number' || typeof value === 'bigint' ? [String(value)] : 'a whole number';
  if (type === 'list') {
    const list = Array.isArray(value) ? value : [value];
    return list.length > 0 && list.every(one => typeof one === 'string') ? list : 'a list of texts';
  }
  return typeof value === 'string' && value !== '' ? [value] : 'a text';
}

function suggest(name: string): string {
  const meant = nearest(name.replaceAll('_', '-'), [...names, ...tables]);
  if (meant) return `Did you mean ${meant}?`;
  return /token|secret|password/.test(name)
    ? 'No secret stands in this file: see hetzner-token-file'
    : `Known: ${names.join(', ')}, hooks`;
}

function isTable(value: unknown): value is Table {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);
}
