import { type Api, collect } from '../api.ts';
import { Failure, toFailure } from '../failure.ts';
import { find } from '../find.ts';
import type { Item } from '../resource.ts';
import { identities } from '../resources/identities.ts';
import { quoteWord } from './quote.ts';

/** Reads a file that a flag names; throws `usage` when it cannot. */
export type ReadFile = (path: string) => Promise<Buffer>;

/** The key of the project that a name, an id or the path of a public-key file means; throws `not_found`, with the command that adds a key that is only on disk. */
export async function findSshKey(api: Api, ref: string, readFile: ReadFile): Promise<Item> {
  const byPath = looksLikePath(ref) ? await readKey(ref, readFile) : undefined;
  if (byPath) return findByKey(api, ref, byPath);
  try {
    return await find(api, { name: 'ssh-key', ...identities['ssh-key'] }, ref);
  } catch (error) {
    if (toFailure(error).code !== 'not_found' || looksLikePath(ref)) throw error;
    const key = await readKey(ref, readFile);
    if (!key) throw error;
    return findByKey(api, ref, key);
  }
}

/** The MD5 fingerprint of a public key's blob (base64), as the API writes it: pairs of digits with colons. */
export async function fingerprintOf(blob: string): Promise<string> {
  const { createHash } = await import('node:crypto');
  const digest = createHash('md5').update(Buffer.from(blob, 'base64')).digest('hex');
  return digest.match(/../g)!.join(':');
}

async function findByKey(api: Api, path: string, blob: string): Promise<Item> {
  const fingerprint = await fingerprintOf(blob);
  const rows = await collect<Item>(api.list('ssh_keys', { fingerprint }));
  const key = rows.find(row => row.fingerprint === fingerprint);
  if (key) return key;
  const name = path.replace(/^.*[/\\]/, '').replace(/\.pub$/, '');
  throw new Failure('not_found', `the key in ${path} is not in the project`, {
    hint: `cloudctl ssh-key create --name ${quoteWord(name)} --public-key-from-file ${quoteWord(path)}`,
  });
}

/** The blob of the key in a file; undefined when there is no such file, or none with a key in it. */
async function readKey(path: string, readFile: ReadFile): Promise<string | undefined> {
  let text: string;
  try {
    text = (await readFile(path)).toString('utf8');
  } catch (error) {
    if (toFailure(error).code === 'usage') return undefined;
    throw error;
  }
  if (text.includes('PRIVATE KEY-----')) {
    throw new Failure('usage', `--ssh-key: ${path} is a private key`, { hint: `Give the public one: ${path}.pub` });
  }
  return /(?:^|\s)(?:ssh-|ecdsa-|sk-)[\w@.-]+\s+([A-Za-z0-9+/=]+)/.exec(text)?.[1];
}

function looksLikePath(ref: string): boolean {
  return /[/\\]|\.pub$/.test(ref);
}
