import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { buildSync } from 'esbuild';

/** Builds the program of victim.ts, which finds its packages where this project has them. */
export function buildVictim(): string {
  const folder = mkdtempSync(join(tmpdir(), 'cloudctl-victim-'));
  symlinkSync(resolve('node_modules'), join(folder, 'node_modules'));
  const outfile = join(folder, 'victim.mjs');
  const entryPoints = ['test/core/store/victim.ts'];
  buildSync({ entryPoints, bundle: true, platform: 'node', format: 'esm', packages: 'external', outfile });
  return outfile;
}

export interface Ended {
  readonly out: string;
  readonly err: string;
  readonly signal: string | null;
}

/** Starts it; `ended` resolves with what it wrote. */
export function startVictim(
  victim: string,
  ...words: readonly string[]
): { child: ChildProcess; ended: Promise<Ended> } {
  const child = spawn(process.execPath, [victim, ...words], { stdio: ['ignore', 'pipe', 'pipe'] });
  const [out, err]: Buffer[][] = [[], []];
  child.stdout!.on('data', data => out!.push(data));
  child.stderr!.on('data', data => err!.push(data));
  const ended = new Promise<Ended>(resolve => {
    child.on('close', (_code, signal) =>
      resolve({ out: Buffer.concat(out!).toString(), err: Buffer.concat(err!).toString(), signal }),
    );
  });
  return { child, ended };
}
