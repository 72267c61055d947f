import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { openSqlite } from '../../../src/core/store/sqlite.ts';
import type { Store } from '../../../src/core/store/store.ts';

/** An empty folder, which goes when the test has ended. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'cloudctl-store-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A store in a file, closed when the test has ended. */
export async function openFile(file: string): Promise<Store> {
  const store = await openSqlite(file);
  onTestFinished(() => store.close());
  return store;
}

/** The Failure that a promise is rejected with. */
export async function failureOf(
  promise: Promise<unknown>,
): Promise<{ code: string; message: string; hint?: string; ambiguous: boolean }> {
  try {
    await promise;
  } catch (error) {
    return error as never;
  }
  throw new Error('it was not rejected');
}
