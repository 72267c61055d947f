import fs from 'node:fs';
import path from 'node:path';
import { lockPath } from '../config/file.ts';
import { withLock } from '../config/lock.ts';
import { readIfThere, writeAtomically } from '../config/storage.ts';
import { Failure } from '../failure.ts';
import type { World } from '../world.ts';
import type { Credential } from './credentials.ts';

type Store = Map<string, Credential>;

/** The file of tokens beside a configuration file: `credentials.json`, or `x.credentials.json` beside `x.toml`, so that two configurations never share one. */
export function storePath(configPath: string): string {
  const name = path.basename(configPath, '.toml');
  return path.join(path.dirname(configPath), name === 'config' ? 'credentials.json' : `${name}.credentials.json`);
}

/** What is stored, empty when there is no file; throws `usage` when others can read it or it is broken. */
export function readStore(configPath: string, platform: string): Store {
  const file = storePath(configPath);
  const text = readIfThere(file);
  if (text === undefined) return new Map();
  if (platform !== 'win32') requirePrivate(file);
  return parseStore(file, text);
}

/** Changes what is stored under the lock of the configuration; a file that cannot be read is never overwritten. */
export async function writeStore(
  configPath: string,
  world: Pick<World, 'clock' | 'signal' | 'platform'>,
  change: (store: Store) => unknown,
): Promise<void> {
  await withLock(lockPath(configPath), world, () => {
    const store = readStore(configPath, world.platform);
    const before = format(store);
    change(store);
    if (format(store) !== before) writeAtomically(storePath(configPath), format(store));
  });
}

function format(store: Store): string {
  return `${JSON.stringify({ version: 1, credentials: Object.fromEntries(store) }, null, 2)}\n`;
}

function requirePrivate(file: string): void {
  const mode = fs.statSync(file).mode & 0o777;
  if ((mode & 0o077) === 0) return;
  throw new Failure('usage', `${file} can be read by others (mode ${mode.toString(8).padStart(4, '0')})`, {
    hint: `chmod 600 ${file}, and replace the tokens if others may have read them`,
  });
}

// Neither message nor cause quotes the parser: what it quotes are pieces of tokens.
function parseStore(file: string, text: string): Store {
  const content = parseJson(text);
  const credentials = isRecord(content) && content.version === 1 ? content.credentials : undefined;
  const entries = isRecord(credentials) ? Object.entries(credentials) : undefined;
  if (!entries?.every((entry): entry is [string, Credential & Record<string, unknown>] => isCredential(entry[1]))) {
    throw new Failure('usage', `${file} is not a file of credentials that this version knows`, {
      hint: 'Repair it, or move it away and store the tokens again',
    });
  }
  return new Map(entries);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isCredential(value: unknown): boolean {
  return isRecord(value) && typeof value.token === 'string' && typeof value.origin === 'string';
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
