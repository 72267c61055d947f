import { existsSync } from 'node:fs';
import type SQLite from 'better-sqlite3';
import { Failure } from '../failure.ts';
import { writeCopy } from './copy.ts';
import { storeFailure } from './sqlite-faults.ts';
import { versionOf } from './sqlite-migrate.ts';

/** A copy of a store's file, whichever process has it open: whole and checked as `copyStore` makes it. Throws `not_found` where there is none, `usage` for one that is no store of ours, or a newer one. */
export async function copyStoreFile(file: string, target: string): Promise<void> {
  if (!existsSync(file))
    throw new Failure('not_found', `${file}: there is no store`, { hint: 'cloudctl daemon start' });
  const { default: Database } = await import('better-sqlite3');
  await writeCopy(async to => {
    let source: SQLite.Database | undefined;
    try {
      source = new Database(file, { readonly: true, fileMustExist: true });
      if (versionOf(source, file) === 0) throw new Failure('usage', `${file}: it is not a store of cloudctl`);
      await source.backup(to);
    } catch (error) {
      throw storeFailure(file, error);
    } finally {
      source?.close();
    }
  }, target);
}
