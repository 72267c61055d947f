import { chmodSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { storageFailure, writeAtomically } from '../config/storage.ts';
import { Failure } from '../failure.ts';
import { renderPage } from './html.ts';
import type { StatusPage } from './page.ts';

/** For whoever serves them. */
const mode = 0o644;

/** The files of a page in a folder. */
export function filesOf(folder: string) {
  return { page: join(folder, 'index.html'), data: join(folder, 'status.json') };
}

/** Writes the page, and the same as data, into a folder, which is made where it is not there; each file is replaced at once, so that no half of one is ever served. Throws `usage`. */
export function writePage(folder: string, page: StatusPage): ReturnType<typeof filesOf> {
  const files = filesOf(folder);
  try {
    makeFolder(folder);
    writeAtomically(files.page, renderPage(page), mode);
    writeAtomically(files.data, `${JSON.stringify(page)}\n`, mode);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    throw new Failure(error.code, error.message, { hint: 'Correct the folder or its permissions', cause: error });
  }
  return files;
}

function makeFolder(folder: string): void {
  try {
    // The mask of the daemon keeps others out of what it makes.
    if (mkdirSync(folder, { recursive: true }) !== undefined) chmodSync(folder, 0o755);
  } catch (error) {
    throw storageFailure(`${folder} cannot be made`, error);
  }
}
