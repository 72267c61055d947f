import { Failure } from './failure.ts';
import type { Field, Fields, Input } from './field.ts';
import type { Call, Verb } from './resource.ts';
import type { StoreKey } from './store/key.ts';

/** One setting of a channel or a check. */
export interface Setting extends Field {
  /** A text of several lines, such as a certificate: given as a file on the command line, as secrets are. */
  readonly lines?: boolean;
}

type Declared = Readonly<Record<string, Setting>>;
type Values = Readonly<Record<string, unknown>>;

/** Whether the command line takes it from a file: a secret never stands in a list of processes or a history. */
function isFromFile(setting: Setting): boolean {
  return Boolean(setting.secret || setting.lines);
}

/** The flag that gives a setting: `password-file` for the secret `password`. */
export function flagOf(name: string, setting: Setting): string {
  return isFromFile(setting) ? `${name}-file` : name;
}

/** The name of the setting that a flag gives. */
export function settingOf(flag: string): string {
  return flag.replace(/-file$/, '');
}

/** What a flag says and takes beyond what its setting does. */
export function asFlag(name: string, setting: Setting): Pick<Field, 'key' | 'placeholder'> & { readonly from: string } {
  const isFile = isFromFile(setting);
  return {
    key: name.replaceAll('-', '_'),
    from: isFile ? ', from a file (- is standard input)' : '',
    ...(isFile && { placeholder: 'file' }),
  };
}

/** The verb with what its flags of files name read: the end of the last line is no part of a secret. Throws `usage` for an empty file. */
export function withFiles<F extends Fields>(verb: Verb<F>): Verb<F> {
  return { ...verb, run: async given => verb.run({ ...given, input: (await readFiles(given)) as Input<F> }) };
}

async function readFiles({ input, readFile }: Pick<Call, 'input' | 'readFile'>): Promise<Record<string, unknown>> {
  const read: Record<string, unknown> = { ...input };
  for (const [name, value] of Object.entries(input)) {
    if (!name.endsWith('-file') || typeof value !== 'string' || value === '') continue;
    const text = (await readFile(value)).toString('utf8').trim();
    if (text === '') throw new Failure('usage', `--${name}: ${value === '-' ? 'standard input' : value} is empty`);
    read[name] = text;
  }
  return read;
}

/** The values as they are shown: of a secret only that it is there. */
export function hideSecrets(declared: Declared, values: Values): Record<string, unknown> {
  return mapSecrets(declared, values, () => '***');
}

/** The values as the store keeps them, each secret sealed for its owner (`channel ops`) and its name. */
export function sealSecrets(declared: Declared, values: Values, owner: string, key: StoreKey): Record<string, unknown> {
  return mapSecrets(declared, values, (text, name) => key.seal(text, `${owner} ${name}`));
}

/** The same in clear; throws `unexpected` where a secret cannot be opened. */
export function openSecrets(declared: Declared, values: Values, owner: string, key: StoreKey): Record<string, unknown> {
  return mapSecrets(declared, values, (text, name) => key.open(text, `${owner} ${name}`));
}

/** Throws `usage` where a secret of those that are kept would go to another host than the one it was given for: nobody shall learn it by having it sent to them. */
export function requireSameHost(
  declared: Declared,
  kept: Values,
  before: readonly string[],
  after: readonly string[],
): void {
  const secret = Object.keys(kept).find(name => declared[name]?.secret);
  if (secret === undefined || String(before) === String(after)) return;
  throw new Failure('usage', `${secret}: was given for another host`, { hint: `Give --${secret}-file again` });
}

function mapSecrets(declared: Declared, values: Values, change: (text: string, name: string) => string) {
  const entries = Object.entries(values).map(([name, value]) => [
    name,
    declared[name]?.secret && typeof value === 'string' ? change(value, name) : value,
  ]);
  return Object.fromEntries(entries) as Record<string, unknown>;
}
