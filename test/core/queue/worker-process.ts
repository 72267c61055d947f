import { appendFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { openStoreQueue } from '../../../src/core/queue/store.ts';
import { openSqlite } from '../../../src/core/store/sqlite.ts';

/** A process that adds jobs and works on them until it is killed: `file list first count speed takeOver`. What it has added it says on standard output, each line durable before it is said; what it has handled it writes to the list. */
async function main([file, list, first, count, speed, takeOver]: string[]): Promise<void> {
  const start = Date.now();
  const rate = Number(speed);
  const queue = await openStoreQueue({
    store: await openSqlite(file!),
    // A clock that runs fast, so that leases of the killed run out while the test waits.
    clock: {
      now: () => start + (Date.now() - start) * rate,
      sleep: async (ms, signal) => setTimeout(ms / rate, undefined, { signal }),
    },
    random: Math.random,
    worker: `process-${process.pid}`,
    log: { debug() {}, info() {}, warn() {}, error() {} },
    signal: new AbortController().signal,
    takeOver: takeOver === 'true',
  });
  const handle = async ({ key }: { readonly key: string }) => {
    await setTimeout(Math.random() * 20);
    appendFileSync(list!, `${key}\n`);
  };
  queue.work(
    { backup: handle, prune: handle, verify: handle, 'power-on': handle, reconcile: handle },
    { concurrency: 4 },
  );
  process.stdout.write('working\n');
  for (let number = Number(first); number < Number(first) + Number(count); number++) {
    const key = `job-${number}`;
    await queue.add({ name: 'reconcile', payload: {}, key });
    process.stdout.write(`${key}\n`);
    await new Promise(setImmediate);
  }
}

void main(process.argv.slice(2));
