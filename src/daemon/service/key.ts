import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { readIfThere, writeAtomically } from '../../core/config/storage.ts';
import { Failure, toFailure } from '../../core/failure.ts';
import type { Surroundings } from '../config/places.ts';
import { credentialFile } from '../config/token.ts';

/** The 32 bytes that what is secret in the store is sealed with: systemd's credential `store-key`, else a file of the state directory that is made at the first start. Throws `usage` for one that is damaged, since a new one would make the store unreadable. */
export function openKey(folder: string, env: Surroundings['env']): Buffer {
  const credential = credentialFile(env, 'store-key');
  const given = credential && readIfThere(credential);
  if (given !== undefined) return decode(given, credential!);
  const file = join(folder, 'store.key');
  const text = readIfThere(file);
  if (text !== undefined) return decode(text, file);
  const key = randomBytes(32);
  try {
    writeAtomically(file, `${key.toString('hex')}\n`);
  } catch (error) {
    throw new Failure('usage', toFailure(error).message, { hint: 'Correct the state directory', cause: error });
  }
  return key;
}

function decode(text: string, file: string): Buffer {
  const hex = text.trim();
  if (/^[0-9a-f]{64}$/i.test(hex)) return Buffer.from(hex, 'hex');
  throw new Failure('usage', `${file} is not a key: 64 hexadecimal digits`, {
    hint: 'Put the right one there from your copy',
  });
}
