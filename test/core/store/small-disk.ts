import { execFileSync, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from './folder.ts';

/** Runs `work` in a folder on a disk of 2 MB of its own; where none can be mounted it says so and does nothing. */
export async function onSmallDisk(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = temporaryFolder();
  const isRoot = process.getuid?.() === 0;
  if (!isRoot || spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', folder]).status !== 0) {
    process.stderr.write('No small disk can be mounted here: what a full disk does is not tested.\n');
    return;
  }
  try {
    await work(folder);
  } finally {
    execFileSync('umount', ['-l', folder]);
  }
}

/** Fills the disk of a folder with a file, whose path it returns. */
export function fillDisk(folder: string): string {
  const file = join(folder, 'filler');
  for (;;) {
    try {
      writeFileSync(file, Buffer.alloc(4096), { flag: 'a' });
    } catch (error) {
      if ((error as { code?: string }).code === 'ENOSPC') return file;
      throw error;
    }
  }
}
