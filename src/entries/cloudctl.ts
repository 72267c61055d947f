import { writeSync } from 'node:fs';
import { version } from '../core/version.ts';
import type { World } from '../core/world.ts';
import type * as base from './base.ts';
import { createLoader } from './loader.ts';

export { cachePath, createLoader } from './loader.ts';

/** Runs the process's command line and ends the process with its exit status. `--version` is answered here, before anything else is loaded. */
export async function start(process: NodeJS.Process, programs: World['programs'], folder: string): Promise<void> {
  const argv = process.argv.slice(2);
  if (argv.length === 1 && argv[0] === '--version') {
    writeSync(1, `cloudctl ${version}\n`);
    return;
  }
  const { load } = createLoader(folder, require);
  const { main, realWorld } = load('./base.js') as typeof base;
  const world = realWorld(process, programs);
  // Not left to run out: Node would close connections and take its heap apart, which is 3 ms for nothing.
  world.end(await main(argv, world));
}
