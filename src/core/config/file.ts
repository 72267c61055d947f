import { Failure } from '../failure.ts';
import type { World } from '../world.ts';
import type { ConfigDocument, Table } from './document.ts';
import { lineOf, type TomlPath } from './locate.ts';
import { withLock } from './lock.ts';
import { readIfThere, writeAtomically } from './storage.ts';

/** The configuration file as it was read; `text` is kept to say at which line a value stands. */
export interface ConfigFile {
  readonly path: string;
  readonly text: string;
  readonly document: ConfigDocument;
}

/** The configuration, empty when there is no file; throws `usage` that names file, line and key when it is broken. */
export async function readConfig(path: string): Promise<ConfigFile> {
  const text = readIfThere(path);
  // Without a file the parser is not even loaded: this is on the path of every command.
  if (text === undefined) return { path, text: '', document: {} };
  return parseConfig(path, text, await import('smol-toml'));
}

/** Changes the file under its lock, from what is in it at that moment, and returns the new document; unknown keys are kept, comments are not. */
export async function changeConfig(
  path: string,
  world: Pick<World, 'clock' | 'signal'>,
  change: (document: ConfigDocument) => ConfigDocument,
): Promise<ConfigDocument> {
  const toml = await import('smol-toml');
  return withLock(lockPath(path), world, () => {
    const before = parseConfig(path, readIfThere(path) ?? '', toml).document;
    requireOurs(path, before);
    const after = change(before);
    if (after !== before) writeAtomically(path, toml.stringify(after));
    return after;
  });
}

/** The lock of a configuration file and of the credentials beside it. */
export function lockPath(path: string): string {
  return `${path}.lock`;
}

/** `usage` for a value in the file that is not what its key takes. */
export function faultIn(file: Pick<ConfigFile, 'path' | 'text'>, key: TomlPath, fault: string): Failure {
  const line = lineOf(file.text, key);
  const name = key.filter(part => typeof part === 'string').join('.');
  return new Failure('usage', `${file.path}${line === undefined ? '' : `:${line}`}: ${name}: ${fault}`, {
    hint: 'Correct the file with an editor',
  });
}

/** The document in a text; throws `usage` that names file, line and key; no part of the text is in the message, since hcloud's file holds tokens. */
export function parseConfig(path: string, text: string, toml: typeof import('smol-toml')): ConfigFile {
  const document = parseToml(path, text, toml);
  checkShape({ path, text }, document);
  return { path, text, document: document as ConfigDocument };
}

function parseToml(path: string, text: string, toml: typeof import('smol-toml')): Table {
  try {
    return toml.parse(text, { integersAsBigInt: 'asNeeded' });
  } catch (error) {
    if (!(error instanceof toml.TomlError)) throw error;
    const [fault = 'invalid'] = error.message.replace('Invalid TOML document: ', '').split('\n');
    throw new Failure('usage', `${path}:${error.line}: ${fault}`, { hint: 'Correct the file with an editor' });
  }
}

function checkShape(file: Pick<ConfigFile, 'path' | 'text'>, document: Table): void {
  const { preferences, contexts } = document;
  for (const key of ['active_context', 'active_account']) {
    if (document[key] !== undefined && typeof document[key] !== 'string') throw faultIn(file, [key], 'is not text');
  }
  if (preferences !== undefined && !isTable(preferences)) throw faultIn(file, ['preferences'], 'is not a table');
  if (contexts === undefined) return;
  if (!Array.isArray(contexts)) throw faultIn(file, ['contexts'], 'is not a list of tables');
  const names = new Set<string>();
  for (const [place, context] of contexts.entries()) {
    if (!isTable(context)) throw faultIn(file, ['contexts', place], 'is not a table');
    const { name, preferences: own, require_login: login } = context;
    if (typeof name !== 'string' || name === '') throw faultIn(file, ['contexts', place], 'has no name');
    if (names.has(name)) throw faultIn(file, ['contexts', place, 'name'], `'${name}' is there twice`);
    if (own !== undefined && !isTable(own)) {
      throw faultIn(file, ['contexts', place, 'preferences'], 'is not a table');
    }
    // Anything but a plain yes or no must not quietly mean no.
    if (login !== undefined && typeof login !== 'boolean') {
      throw faultIn(file, ['contexts', place, 'require_login'], 'is not true or false');
    }
    names.add(name);
  }
}

/** True for a TOML table, false for a list, a time or a plain value. */
export function isTable(value: unknown): value is Table {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);
}

function requireOurs(path: string, document: ConfigDocument): void {
  if (!document.contexts?.some(context => 'token' in context)) return;
  throw new Failure('usage', `${path} is a file of hcloud's with tokens in it, which cloudctl does not write`, {
    hint: `cloudctl context import --from ${path}, without --config`,
  });
}
