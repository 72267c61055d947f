import fs from 'node:fs';
import path from 'node:path';
import { clearDrafts, readIfThere, writeAtomically } from '../config/storage.ts';
import { Failure } from '../failure.ts';
import type { Sealed } from './seal.ts';
import { fromPlain, isRecord, type Secrets, toPlain } from './secrets.ts';

/** The file as it stands: nothing, secrets for its owner's eyes, or secrets encrypted. */
export type Content = { readonly plain: Secrets } | { readonly sealed: Sealed } | undefined;

/** The file of tokens beside a configuration file: `credentials.json`, or `x.credentials.json` beside `x.toml`, so that two configurations never share one. */
export function storePath(configPath: string): string {
  const name = path.basename(configPath, '.toml');
  return path.join(path.dirname(configPath), name === 'config' ? 'credentials.json' : `${name}.credentials.json`);
}

/** What the file has; throws `usage` when others can read it or it is broken. */
export function readContent(file: string, platform: string): Content {
  const text = readIfThere(file);
  if (text === undefined) return undefined;
  if (platform !== 'win32') requirePrivate(file);
  const content = parseJson(text);
  if (isSealed(content)) return { sealed: content };
  return { plain: parseSecrets(file, content) };
}

/** Replaces the file, or removes it when nothing is left, under the lock; `content` is encrypted or plain. */
export function writeContent(file: string, content: Content): void {
  // A draft has tokens in it too.
  clearDrafts(file);
  if (content === undefined) {
    fs.rmSync(file, { force: true });
    return;
  }
  const data = 'sealed' in content ? content.sealed : toPlain(content.plain);
  writeAtomically(file, `${JSON.stringify(data, null, 2)}\n`);
}

/** The secrets as the text that is encrypted. */
export function formatSecrets(secrets: Secrets): string {
  return JSON.stringify(toPlain(secrets));
}

/** The secrets in a text; throws `usage` for one that has none, without quoting it. */
export function readSecrets(file: string, text: string): Secrets {
  return parseSecrets(file, parseJson(text));
}

/** What to say about a file that cannot be read. */
export function broken(file: string): Failure {
  return new Failure('usage', `${file} is not a file of credentials that this version knows`, {
    hint: 'Repair it, or move it away and store the tokens again',
  });
}

function requirePrivate(file: string): void {
  const mode = fs.statSync(file).mode & 0o777;
  if ((mode & 0o077) === 0) return;
  throw new Failure('usage', `${file} can be read by others (mode ${mode.toString(8).padStart(4, '0')})`, {
    hint: `chmod 600 ${file}, and replace the tokens if others may have read them`,
  });
}

// Neither message nor cause quotes the parser: what it quotes are pieces of tokens.
function parseSecrets(file: string, content: unknown): Secrets {
  const secrets = fromPlain(content);
  if (!secrets) throw broken(file);
  return secrets;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isSealed(content: unknown): content is Sealed {
  if (!isRecord(content) || content.version !== 2) return false;
  return ['key', 'iv', 'tag', 'data'].every(name => typeof content[name] === 'string');
}
