import { writeManPages } from './man.ts';
import { loadManual } from './manual.ts';
import { writeReference } from './markdown.ts';

/** Every generated document: its path below the project's folder, and its text. */
export async function generateDocs(): Promise<ReadonlyMap<string, string>> {
  const manual = await loadManual();
  return new Map([
    ...writeManPages(manual).map(([file, text]): [string, string] => [`man/${file}`, text]),
    ...writeReference(manual).map(([file, text]): [string, string] => [`docs/reference/${file}`, text]),
  ]);
}

/** The folders that hold nothing else, so that what is not generated there is stale. */
export const generatedFolders: readonly string[] = ['man', 'docs/reference'];
