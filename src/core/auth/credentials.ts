import { lockPath } from '../config/file.ts';
import { withLock } from '../config/lock.ts';
import { requireConfigPath } from '../config/paths.ts';
import { proveWritable } from '../config/storage.ts';
import { Failure } from '../failure.ts';
import type { World } from '../world.ts';
import {
  broken,
  type Content,
  formatSecrets,
  readContent,
  readSecrets,
  storePath,
  writeContent,
} from './file-store.ts';
import type { Sealed } from './seal.ts';
import { type Credential, isEmpty, noSecrets, put, type Secrets } from './secrets.ts';

/** Secrets at rest. */
export interface Credentials {
  /** Everything that is kept. */
  read(): Promise<Secrets>;
  /** Changes what is kept, from what is kept at that moment; `edit` may be called several times. */
  change(edit: (secrets: Secrets) => Secrets): Promise<void>;
  /** Throws `usage` or `busy` when a change could not be written now: before something is done that must not be lost. */
  prove(): Promise<void>;
  /** The credential of a context. */
  get(name: string): Promise<Credential | undefined>;
  /** Replaces what was stored for the context. */
  set(name: string, credential: Credential): Promise<void>;
  /** Does nothing when there is none. */
  remove(name: string): Promise<void>;
  /** Where they are, for people. */
  readonly where: string;
}

/** How secrets are kept: `keyring` has the key of an encrypted file in the system's keyring, `file` is plain text for its owner; `auto` is the keyring where there is one. */
export type Storage = 'auto' | 'keyring' | 'file';

type Ways = Pick<World, 'clock' | 'signal' | 'platform' | 'keyring'>;

interface Key {
  readonly name: string;
  readonly key: Buffer;
}

type Unseal = typeof import('./seal.ts').unseal;

/** How often a change is begun again because another process wrote meanwhile. */
const tries = 10;
/** Bytes by which a change may make the file longer. */
const slack = 16_384;

/** The credentials beside a configuration file; nothing is read before it is asked for. Every call throws `usage` when there is no place for them, `unauthorized` when they are encrypted and the keyring does not give the key. `notice` is told when a first file is written as plain text for want of a keyring. */
export function openCredentials(
  world: Ways,
  configPath: string | undefined,
  storage: Storage = 'auto',
  notice: (text: string) => void = () => {},
): Credentials {
  const read = async () => {
    if (!configPath) return noSecrets;
    const file = storePath(configPath);
    return (await secretsOf(world, file, readContent(file, world.platform))).secrets;
  };
  const change: Credentials['change'] = edit =>
    changeStore(world, requireConfigPath(configPath), storage, notice, edit);
  return {
    get where() {
      return configPath ? describePlace(storePath(configPath), world.platform) : 'nowhere';
    },
    read,
    change,
    async prove() {
      const { length } = formatSecrets(await read());
      const path = requireConfigPath(configPath);
      await withLock(lockPath(path), world, () => proveWritable(storePath(path), 2 * length + slack));
    },
    get: async name => (await read()).credentials.get(name),
    set: (name, credential) => change(secrets => put(secrets, 'credentials', name, credential)),
    remove: name => change(secrets => put(secrets, 'credentials', name, undefined)),
  };
}

function describePlace(file: string, platform: string): string {
  try {
    const content = readContent(file, platform);
    return content && 'sealed' in content ? `${file}, encrypted with a key in the keyring` : file;
  } catch {
    return file;
  }
}

/** The keyring and the encryption take their time; the lock is held only for reading the file again and writing it. */
async function changeStore(
  world: Ways,
  configPath: string,
  storage: Storage,
  notice: (text: string) => void,
  edit: (secrets: Secrets) => Secrets,
): Promise<void> {
  const file = storePath(configPath);
  for (let trial = 0; trial < tries; trial += 1) {
    const seen = readContent(file, world.platform);
    const { secrets, key: old } = await secretsOf(world, file, seen);
    if (formatSecrets(edit(secrets)) === formatSecrets(secrets)) return;
    const key = await chooseKey(world, storage, old);
    const { seal, unseal } = await import('./seal.ts');
    const done = await withLock(lockPath(configPath), world, () => {
      const now = readContent(file, world.platform);
      const current = currentSecrets(file, now, old, unseal);
      if (!current) return false;
      const after = edit(current);
      if (isEmpty(after)) writeContent(file, undefined);
      else if (key) writeContent(file, { sealed: seal(formatSecrets(after), key.name, key.key) });
      else writeContent(file, { plain: after });
      return { isEmpty: isEmpty(after) };
    });
    const isUnused = !done || done.isEmpty;
    if (key && key !== old && isUnused) await forget(world, key.name);
    if (!done) continue;
    if (old && (old !== key || done.isEmpty)) await forget(world, old.name);
    if (!key && !seen && storage === 'auto') {
      notice(`there is no keyring here, so the token is kept as text in ${file}, which only you can read`);
    }
    return;
  }
  throw new Failure('busy', `${file} is being changed by other processes`, { hint: 'Try again' });
}

/** What the file has now, opened with the key that it had before; undefined when it has another one by now. */
function currentSecrets(file: string, now: Content, old: Key | undefined, unseal: Unseal): Secrets | undefined {
  if (!now) return noSecrets;
  if ('plain' in now) return now.plain;
  if (now.sealed.key !== old?.name) return undefined;
  const text = unseal(now.sealed, old.key);
  if (text === undefined) throw broken(file);
  return readSecrets(file, text);
}

async function secretsOf(world: Ways, file: string, content: Content): Promise<{ secrets: Secrets; key?: Key }> {
  if (!content) return { secrets: noSecrets };
  if ('plain' in content) return { secrets: content.plain };
  const key = await requireKey(world, file, content.sealed);
  const { unseal } = await import('./seal.ts');
  const text = unseal(content.sealed, key.key);
  if (text === undefined) throw broken(file);
  return { secrets: readSecrets(file, text), key };
}

async function requireKey(world: Ways, file: string, { key: name }: Sealed): Promise<Key> {
  const secret = await world.keyring.get(name).catch((cause: Error) => {
    throw new Failure('unauthorized', `the keyring with the key of ${file} is locked or not there`, {
      hint: 'Unlock it, or set CLOUDCTL_TOKEN for this run',
      cause,
    });
  });
  if (secret === undefined) {
    throw new Failure('unauthorized', `the keyring has lost the key of ${file}`, {
      hint: `Move ${file} away and store the tokens again`,
    });
  }
  return { name, key: Buffer.from(secret, 'base64') };
}

/** The key to encrypt with; undefined for plain text. What is encrypted stays so unless `file` was asked for. */
async function chooseKey(world: Ways, storage: Storage, old: Key | undefined): Promise<Key | undefined> {
  if (storage === 'file') return undefined;
  if (old) return old;
  const { newKey } = await import('./seal.ts');
  const key = newKey();
  try {
    await world.keyring.set(key.name, key.key.toString('base64'));
    return key;
  } catch (cause) {
    if (storage === 'auto') return undefined;
    throw new Failure('unauthorized', 'the keyring is locked or not there, and CLOUDCTL_TOKEN_STORAGE asks for it', {
      hint: 'Unlock it, or set CLOUDCTL_TOKEN_STORAGE=file',
      cause,
    });
  }
}

/** A key that is left behind opens nothing, so that failing to remove it fails nothing. */
async function forget(world: Ways, name: string): Promise<void> {
  await world.keyring.remove(name).catch(() => {});
}
