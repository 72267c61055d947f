import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { Failure } from '../core/failure.ts';
import { copyStoreFile } from '../core/store/copy-file.ts';
import { restoreStore } from '../core/store/restore.ts';
import { openSqlite } from '../core/store/sqlite.ts';
import type { Configuration } from './config/configuration.ts';
import { freeze } from './frozen.ts';
import { giveToOwner, whileStopped } from './service/lock.ts';
import { prepareStateDirectory } from './service/state-directory.ts';
import { storeFile } from './store-file.ts';

type Out = { write(text: string): unknown };

/** Copies the store to a new file, whole and checked, while the daemon runs or not; the key is not in it. Throws `usage` for a file that is there. */
export async function backup(configuration: Configuration, target: string, out: Out): Promise<void> {
  const store = requireFile(configuration);
  const file = resolve(target);
  if (existsSync(file)) throw new Failure('usage', `${file} is there already`, { hint: 'Name a new file' });
  await copyStoreFile(store, file);
  out.write(`${JSON.stringify({ file, store })}\n`);
}

/** Puts a copy, once it was found whole, in the place of the store; the old one is kept beside it. Deletions are frozen then, since the copy knows nothing of what came after it. `newKey` gives up what was sealed with a key that is lost. Throws `busy` while the daemon runs. */
export async function restore(
  configuration: Configuration,
  source: string,
  { now, newKey }: { readonly now: number; readonly newKey: boolean },
  out: Out,
): Promise<void> {
  const store = requireFile(configuration);
  const folder = configuration.values['state-directory'];
  prepareStateDirectory(folder);
  await whileStopped(folder, async () => {
    // The lock says that no daemon holds it; what else does is noticed by the file itself.
    const kept = await restoreStore(resolve(source), store, { isHeld: async () => false, now });
    await prepareRestored(store, now, newKey);
    giveToOwner(folder, store);
    out.write(`${JSON.stringify({ file: resolve(source), store, kept: kept ?? null })}\n`);
  });
}

async function prepareRestored(file: string, now: number, newKey: boolean): Promise<void> {
  const store = await openSqlite(file);
  const clock = { now: () => now };
  try {
    await freeze({ store, clock }, 'cloudctl daemon restore', 'what was made since the copy is not known yet');
    if (newKey) await store.commit([{ query: store.db.deleteFrom('meta').where('name', '=', 'key') }]);
  } finally {
    await store.close();
  }
}

function requireFile(configuration: Configuration): string {
  if (configuration.values.store === 'sqlite') return storeFile(configuration);
  throw new Failure('usage', 'the store is MySQL, whose own tools copy it', {
    hint: 'Such as mysqldump --single-transaction',
  });
}
