import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import type { Figures } from './simulate.ts';

/** What came of one seed: its figures, or what was broken; processor time in seconds. */
export interface Life {
  readonly seed: number;
  readonly seconds: number;
  readonly figures?: Figures;
  readonly broken?: string;
}

/** Lives seeds in so many processes, which are this program with the same arguments; each takes the next seed when it has lived one. In the order in which they end. */
export async function* liveInProcesses(seeds: readonly number[], count: number): AsyncGenerator<Life> {
  const left = [...seeds];
  const running = new Map<number, Promise<readonly [number, Life]>>();
  const workers = Array.from({ length: count }, start);
  const next = (index: number) => {
    const seed = left.shift();
    if (seed === undefined) running.delete(index);
    else
      running.set(
        index,
        ask(workers[index]!, seed).then(life => [index, life]),
      );
  };
  try {
    for (const index of workers.keys()) next(index);
    while (running.size > 0) {
      const [index, life] = await Promise.race(running.values());
      if (!workers[index]!.connected) workers[index] = start();
      next(index);
      yield life;
    }
  } finally {
    for (const worker of workers) worker.kill();
  }
}

/** Lives in a process of `liveInProcesses` the seeds that it is handed, until it is not needed any more. */
export function serveSeeds(live: (seed: number) => Promise<Life>): void {
  process.on('message', async (seed: number) => process.send!(await live(seed)));
  process.on('disconnect', () => process.exit());
}

function start(): ChildProcess {
  return fork(process.argv[1]!, process.argv.slice(2));
}

async function ask(worker: ChildProcess, seed: number): Promise<Life> {
  const done = new AbortController();
  const { signal } = done;
  worker.send(seed);
  try {
    return await Promise.race([
      once(worker, 'message', { signal }).then(([life]) => life as Life),
      once(worker, 'exit', { signal }).then(([status, by]) => {
        return { seed, seconds: 0, broken: `its process ended with ${by ?? `status ${status}`}` };
      }),
    ]);
  } finally {
    done.abort();
  }
}
