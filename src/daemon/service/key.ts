import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { keyOfFile, readKey } from '../../core/store/key.ts';
import type { Surroundings } from '../config/places.ts';
import { credentialFile } from '../config/token.ts';

/** The 32 bytes that what is secret in the store is sealed with and the audit log is signed with: systemd's credential `store-key`, else a file of the state directory that is made at the first start. Throws `usage` for one that is damaged, since a new one would make the store unreadable. */
export function openKey(folder: string, env: Surroundings['env']): Buffer {
  const credential = credentialFile(env, 'store-key');
  if (credential && existsSync(credential)) return readKey(readFileSync(credential), credential);
  return keyOfFile(join(folder, 'store.key'));
}
