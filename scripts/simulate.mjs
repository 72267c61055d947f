// Lives years of a project with everything going wrong, a seed each: `npm run simulate -- --seeds 1000 [--from N] [--days 365] [--jobs N] [--trace]`, as many at once as there are cores.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';

// Within the project, so that packages are found from there.
const directory = mkdtempSync(join(import.meta.dirname, '..', '.simulate-'));
try {
  const outfile = join(directory, 'simulate.mjs');
  const entry = join(import.meta.dirname, '..', 'test', 'daemon', 'simulate', 'main.ts');
  await build({
    ...{ entryPoints: [entry], outfile, bundle: true, platform: 'node', format: 'esm', target: 'node20' },
    ...{ packages: 'external', sourcemap: 'inline', logLevel: 'warning' },
  });
  // As many years as there are cores are lived at once: threads that compile beside one would only take from the others.
  const flags = ['--single-threaded', '--enable-source-maps'];
  const { status } = spawnSync(process.execPath, [...flags, outfile, ...process.argv.slice(2)], { stdio: 'inherit' });
  process.exitCode = status ?? 1;
} finally {
  rmSync(directory, { recursive: true, force: true });
}
