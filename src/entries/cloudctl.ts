import { writeSync } from 'node:fs';
import { version } from '../core/version.ts';
import type { World } from '../core/world.ts';

/** Runs the process's command line and sets its exit status. `--version` is answered here, before anything else is loaded. */
export async function start(process: NodeJS.Process, programs: World['programs']): Promise<void> {
  const argv = process.argv.slice(2);
  if (argv.length === 1 && argv[0] === '--version') {
    writeSync(1, `cloudctl ${version}\n`);
    return;
  }
  const { main, realWorld } = await import('./base.ts');
  const world = realWorld(process, programs);
  process.exitCode = await main(argv, world);
  world.http.close();
}
