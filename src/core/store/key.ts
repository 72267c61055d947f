import { createHmac, hkdfSync, randomBytes } from 'node:crypto';
import fs from 'node:fs';
import { dirname } from 'node:path';
import { type Sealed, seal, unseal } from '../auth/seal.ts';
import { Failure } from '../failure.ts';
import { syncPath } from './copy.ts';
import { storeFailure } from './sqlite-faults.ts';
import type { Dialect, Store } from './store.ts';

/** What secrets in the store are kept with. */
export interface StoreKey {
  /** 43 characters, always the same for the same secret and key, from which nobody learns the secret. */
  fingerprint(secret: string): string;
  /** The text encrypted, bound to the name of the value: what is sealed for one name cannot be opened as another. */
  seal(text: string, name: string): string;
  /** The text; throws `unexpected` when it was sealed with another key or for another name, or was changed. */
  open(sealed: string, name: string): string;
}

const length = 32;

/** The key of these 32 bytes; each use has one of its own, derived from it. */
export function useKey(bytes: Uint8Array): StoreKey {
  const derive = (use: string) => Buffer.from(hkdfSync('sha256', bytes, '', `cloudctl store ${use}`, length));
  const [forFingerprints, forSealing] = [derive('fingerprint'), derive('seal')];
  return {
    fingerprint: secret => createHmac('sha256', forFingerprints).update(secret).digest('base64url'),
    seal: (text, name) => JSON.stringify(seal(text, name, forSealing)),
    open(text, name) {
      const sealed = readSealed(text);
      const opened = sealed?.key === name ? unseal(sealed, forSealing) : undefined;
      if (opened !== undefined) return opened;
      throw new Failure('unexpected', `${name} cannot be decrypted: it was changed, or the key is another one`, {
        hint: 'Set the value again, or bring back the key that it was stored with',
      });
    },
  };
}

/** A key as it was given: 32 bytes, or those in base64; throws `usage` that names where it came from, and no part of it. */
export function readKey(given: Buffer, from: string): Buffer {
  if (given.length === length) return given;
  const text = given.toString('latin1').trim();
  const bytes = Buffer.from(text, 'base64');
  if (/^[A-Za-z0-9+/_-]{43}=?$/.test(text) && bytes.length === length) return bytes;
  throw new Failure('usage', `${from} is not a key: 32 bytes, or those in base64`, {
    hint: 'Bring back the right one: secrets in the store cannot be read with another',
  });
}

/** The key in a file, which is made when there is none, for its owner only; of several processes that make it one wins. Throws `usage` when it cannot be read or written, or others can read it. */
export function keyOfFile(file: string): Buffer {
  try {
    if (!fs.existsSync(file)) createKey(file);
    const mode = fs.statSync(file).mode & 0o777;
    if (process.platform === 'win32' || (mode & 0o077) === 0) return readKey(fs.readFileSync(file), file);
    throw new Failure('usage', `${file} can be read by others (mode ${mode.toString(8).padStart(4, '0')})`, {
      hint: `chmod 600 ${file}, and replace the secrets of the store if others may have read it`,
    });
  } catch (error) {
    throw storeFailure(file, error);
  }
}

const hints: Readonly<Record<Dialect, string>> = {
  sqlite: 'Bring back store.key; where it is lost for good: cloudctl daemon restore <copy> --new-key',
  mysql: 'All daemons of one database have the same store.key: copy it from the state directory of one that runs',
};

/** Throws `usage` when the store was used with another key before: its secrets could not be read with this one. */
export async function requireSameKey(store: Store, key: StoreKey): Promise<void> {
  const value = key.fingerprint('the key of this store');
  await store.commit([{ query: store.db.insertInto('meta').values({ name: 'key', value }), changes: 'any' }]);
  const row = await store.db.selectFrom('meta').select('value').where('name', '=', 'key').executeTakeFirst();
  if (row?.value === value) return;
  throw new Failure('usage', 'the key is not the one that the secrets of this store were stored with', {
    hint: hints[store.dialect],
  });
}

function createKey(file: string): void {
  const draft = `${file}.${process.pid}.draft`;
  try {
    fs.writeFileSync(draft, `${randomBytes(length).toString('base64')}\n`, { mode: 0o600, flush: true });
    fs.linkSync(draft, file);
    syncPath(dirname(file));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    fs.rmSync(draft, { force: true });
  }
}

function readSealed(text: string): Sealed | undefined {
  try {
    const sealed = JSON.parse(text) as Partial<Sealed> | null;
    const isWhole = (['key', 'iv', 'tag', 'data'] as const).every(part => typeof sealed?.[part] === 'string');
    return isWhole ? (sealed as Sealed) : undefined;
  } catch {
    return undefined;
  }
}
