import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';
import { temporaryHome } from '../../helpers/run.ts';

/** True when the shell is on this machine; CI has them all. */
export function has(shell: string): boolean {
  return spawnSync(shell, ['-c', 'exit 0']).status === 0;
}

const source = `
export { main } from './commands/program.ts';
export { realWorld } from './core/real-world.ts';
`;

/** A folder with a `cloudctl` to put in PATH: the program as it is in src/, built as a whole. */
export async function buildProgram(): Promise<string> {
  const folder = temporaryHome();
  await build({
    stdin: { contents: source, resolveDir: resolve('src') },
    bundle: true,
    platform: 'node',
    format: 'cjs',
    packages: 'external',
    outfile: join(folder, 'program.js'),
    logLevel: 'silent',
  });
  symlinkSync(resolve('node_modules'), join(folder, 'node_modules'));
  const bin = join(folder, 'bin');
  mkdirSync(bin);
  const script = `#!${process.execPath}
const { main, realWorld } = require('../program.js');
const world = realWorld(process, {});
main(process.argv.slice(2), world).then(status => {
  process.exitCode = status;
  world.http.close();
});
`;
  writeFileSync(join(bin, 'cloudctl'), script);
  chmodSync(join(bin, 'cloudctl'), 0o755);
  return bin;
}

/** Standard output of a shell's script; its standard error must be empty. */
export function runShell(shell: string, script: string, env: Readonly<Record<string, string>>): string {
  const { stdout, stderr, error } = spawnSync(shell, ['-c', script], { env, encoding: 'utf8', timeout: 30_000 });
  if (error) throw error;
  if (stderr !== '') throw new Error(`${shell} says: ${stderr}`);
  return stdout;
}
