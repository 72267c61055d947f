import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openSqlite } from '../../../src/core/store/sqlite.ts';
import { eventually } from '../../contract/queue-place.ts';

const kills = Number(process.env.CLOUDCTL_QUEUE_KILLS ?? 10);
const jobsEach = 40;

const folder = mkdtempSync(join(tmpdir(), 'cloudctl-kill-'));
const program = join(folder, 'worker.cjs');
const children = new Set<ChildProcess>();

beforeAll(async () => {
  await build({
    entryPoints: [resolve('test/core/queue/worker-process.ts')],
    bundle: true,
    platform: 'node',
    format: 'cjs',
    supported: { 'dynamic-import': false },
    packages: 'external',
    outfile: program,
  });
});

afterAll(() => {
  for (const child of children) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

interface Worker {
  readonly child: ChildProcess;
  readonly ended: Promise<unknown>;
  /** Resolves when it works. */
  readonly ready: Promise<void>;
  /** The key that it adds last. */
  readonly last: string;
}

/** Starts a process that works on a file and adds jobs with the numbers from `first` on; the keys that it says it has added go to `added`. */
function startWorker(
  { file, list, speed, takeOver }: { file: string; list: string; speed: number; takeOver: boolean },
  first: number,
  added: Set<string>,
): Worker {
  const words = [file, list, first, jobsEach, speed, takeOver];
  const env = { PATH: process.env.PATH, NODE_PATH: resolve('node_modules') };
  const child = spawn(process.execPath, [program, ...words.map(String)], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  children.add(child);
  let rest = '';
  const ready = new Promise<void>(isReady => {
    child.stdout!.setEncoding('utf8').on('data', (text: string) => {
      const lines = (rest + text).split('\n');
      rest = lines.pop()!;
      if (lines.includes('working')) isReady();
      for (const line of lines) if (line !== 'working') added.add(line);
    });
  });
  return {
    child,
    ready,
    last: `job-${first + jobsEach - 1}`,
    ended: once(child, 'close').finally(() => children.delete(child)),
  };
}

async function kill({ child, ended }: Worker): Promise<void> {
  child.kill('SIGKILL');
  await ended;
}

describe('processes that are killed at any moment', () => {
  it.each([
    { what: 'one at a time, which takes over from the one before', workers: 1, speed: 1, takeOver: true },
    { what: 'three at a time, which wait for the leases of the killed', workers: 3, speed: 100, takeOver: false },
  ])('do each job that they have added: $what', { timeout: 120_000 }, async ({ workers, speed, takeOver }) => {
    const [file, list] = [join(folder, `${workers}.sqlite`), join(folder, `${workers}.list`)];
    writeFileSync(list, '');
    const added = new Set<string>();
    let number = 0;
    const start = () => {
      number += jobsEach;
      return startWorker({ file, list, speed, takeOver }, number, added);
    };
    const running = Array.from({ length: workers }, () => start());
    for (let round = 0; round < kills; round++) {
      const victim = running.shift()!;
      await victim.ready;
      await new Promise(passed => setTimeout(passed, Math.random() * 150));
      await kill(victim);
      running.push(start());
    }
    await eventually(() => expect(running.every(({ last }) => added.has(last))).toBe(true), 60_000);
    const store = await openSqlite(file);
    const rows = () => store.db.selectFrom('jobs').select(['unique_key', 'state', 'attempts', 'fence']).execute();
    await eventually(async () => expect((await rows()).every(row => row.state === 'done')).toBe(true), 60_000);
    await Promise.all(running.map(kill));
    const all = await rows();
    await store.close();

    const done = readFileSync(list, 'utf8').split('\n').filter(Boolean);
    const inStore = new Set(all.map(row => row.unique_key));
    expect(added.size).toBeGreaterThan(kills);
    expect([...added].filter(key => !inStore.has(key))).toEqual([]);
    expect([...inStore].filter(key => !done.includes(key))).toEqual([]);
    expect(all.filter(row => row.attempts > 0)).toEqual([]);
    // The kills have met jobs under way, else this would show nothing.
    expect(all.some(row => row.fence > 1)).toBe(true);
  });
});
