import { Failure } from '../failure.ts';
import type { Store } from './store.ts';

/** The store at an address: a file by its path or `sqlite:path`, or `mysql://user:password@host/database`. A MySQL server undoes a commit whose process says nothing for `silence` milliseconds. Throws `usage` for any other, without quoting it. */
export async function openStore(address: string, { silence }: { readonly silence?: number } = {}): Promise<Store> {
  const scheme = /^([a-z][a-z0-9+.-]+):/i.exec(address)?.[1]?.toLowerCase();
  if (scheme === 'mysql') return (await import('./mysql.ts')).openMysql(address, undefined, silence);
  if (scheme !== undefined && scheme !== 'sqlite') {
    throw new Failure('usage', `there is no store of the kind '${scheme}'`, {
      hint: 'A path of a file, or mysql://user:password@host:3306/database',
    });
  }
  const file = scheme ? address.slice('sqlite:'.length).replace(/^\/\/(?=\/)/, '') : address;
  if (file === '') throw new Failure('usage', 'the store has no path');
  return (await import('./sqlite.ts')).openSqlite(file);
}
