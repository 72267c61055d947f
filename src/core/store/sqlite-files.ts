import fs from 'node:fs';
import { Failure } from '../failure.ts';

/** Makes an empty file that only its owner may read, unless one is there; its path without symbolic links. Throws the error of the file system when it cannot be written. */
export function prepareFile(file: string): string {
  fs.closeSync(fs.openSync(file, 'a', 0o600));
  return fs.realpathSync(file);
}

/** A check that the files of an open database are still those it was opened with: what is written into removed ones is lost with the process. It throws `unreachable`, after `rescue` where nobody has begun another log meanwhile. */
export function watchFiles(file: string, rescue: () => void): () => void {
  const names = ['', '-wal', '-shm'].map(suffix => file + suffix);
  const before = names.map(nodeOf);
  return () => {
    const after = names.map(nodeOf);
    const gone = names.find((_, place) => after[place] !== before[place]);
    if (gone === undefined) return;
    const [, ...logs] = after;
    if (logs.every((node, place) => node === undefined || node === before[place + 1])) rescue();
    throw new Failure('unreachable', `${gone} was removed or replaced while it was in use; nothing more is written`, {
      hint: 'Leave the files to the program, and start it again',
    });
  };
}

function nodeOf(name: string): number | undefined {
  return fs.statSync(name, { throwIfNoEntry: false })?.ino;
}
