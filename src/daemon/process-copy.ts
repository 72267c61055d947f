import { chownSync, existsSync, renameSync, rmSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { codeOf } from '../core/config/storage.ts';
import { Failure } from '../core/failure.ts';
import { pending } from '../core/store/migrate.ts';
import type { Configuration } from './config/configuration.ts';
import { storeFile } from './daemon-parts.ts';
import { whileStopped } from './service/lock.ts';

type Out = { write(text: string): unknown };

/** Copies the store to a new file, whole and checked, while the daemon runs or not; the key is not in it. Throws `usage` for a file that is there. */
export async function backup(configuration: Configuration, target: string, out: Out): Promise<void> {
  const store = requireFile(configuration);
  const file = resolve(target);
  if (existsSync(file)) throw new Failure('usage', `${file} is there already`, { hint: 'Name a new file' });
  await copyChecked(store, file);
  out.write(`${JSON.stringify({ file, store })}\n`);
}

/** Puts a copy, once it was found whole, in the place of the store; the old one is kept beside it. Throws `busy` while the daemon runs. */
export async function restore(configuration: Configuration, source: string, now: number, out: Out): Promise<void> {
  const store = requireFile(configuration);
  const file = resolve(source);
  if (!existsSync(file)) throw new Failure('usage', `${file}: there is no such file`);
  const folder = configuration.values['state-directory'];
  await whileStopped(folder, async () => {
    const draft = `${store}.restoring`;
    rmSync(draft, { force: true });
    await copyChecked(file, draft);
    const kept = existsSync(store) ? `${store}.before-${new Date(now).toISOString().replaceAll(':', '')}` : undefined;
    // With its log first, so that it is whole where it is kept.
    if (kept) for (const end of ['-wal', '-shm', '']) if (existsSync(store + end)) renameSync(store + end, kept + end);
    // Root restores for the daemon's own user.
    const { uid, gid } = statSync(folder);
    if (uid !== process.getuid?.()) chownSync(draft, uid, gid);
    renameSync(draft, store);
    out.write(`${JSON.stringify({ file, store, kept: kept ?? null })}\n`);
  });
}

function requireFile(configuration: Configuration): string {
  if (configuration.values.store === 'sqlite') return storeFile(configuration);
  throw new Failure('usage', 'the store is MySQL, whose own tools copy it', {
    hint: 'Such as mysqldump --single-transaction',
  });
}

async function copyChecked(from: string, to: string): Promise<void> {
  const { default: Database } = await import('better-sqlite3');
  try {
    const source = new Database(from, { readonly: true, fileMustExist: true });
    try {
      await source.backup(to);
    } finally {
      source.close();
    }
    const copy = new Database(to);
    try {
      copy.pragma('journal_mode = DELETE');
      pending(copy.pragma('user_version', { simple: true }) as number, from);
      const rows = copy.pragma('integrity_check') as { integrity_check: string }[];
      const faults = rows.map(row => row.integrity_check).filter(text => text !== 'ok');
      if (faults.length > 0) throw new Failure('refused', `${from} is damaged: ${faults[0]}`);
    } finally {
      copy.close();
    }
  } catch (error) {
    rmSync(to, { force: true });
    if (error instanceof Failure) throw error;
    throw new Failure('usage', `${from} cannot be copied to ${to}: ${codeOf(error)}: ${(error as Error).message}`, {
      cause: error,
    });
  }
}
