import type { Probe } from '../../core/checks/outage.ts';
import type { Tools } from '../tools.ts';
import { releasingAll } from './claim.ts';
import { openOutages } from './outages.ts';
import { pruneStates } from './prune.ts';
import { createScheduler } from './scheduler.ts';
import type { Sources } from './sources.ts';

const interval = 1_000;
const hour = 3_600_000;

export interface ChecksOptions {
  readonly host: string;
  readonly worker: string;
  readonly probe: Probe;
  /** No other daemon works on the store: what is held there is held by nobody. */
  readonly isAlone: boolean;
  readonly sources: Sources;
  readonly onStart?: (late: number) => void;
}

/** Runs the checks until it is stopped; what is under way then is left to the next daemon. */
export async function startChecks(tools: Tools, options: ChecksOptions): Promise<() => Promise<void>> {
  const { clock, log, store, signal, beat } = tools;
  const stopped = new AbortController();
  const stop = AbortSignal.any([signal, stopped.signal]);
  if (options.isAlone) await store.commit([releasingAll(store)]);
  const outages = await openOutages(tools, options);
  const scheduler = createScheduler(tools, {
    sources: options.sources,
    outages,
    stop,
    worker: options.worker,
    onStart: options.onStart,
  });

  async function turn(): Promise<void> {
    let pruned = Number.NEGATIVE_INFINITY;
    while (!stop.aborted) {
      const now = clock.now();
      try {
        await scheduler.turn();
        beat?.('checks');
        if (now - pruned >= hour) {
          pruned = now;
          await pruneStates(store, now);
        }
      } catch (error) {
        log.error('checks could not be kept up', { reason: (error as Error).message });
      }
      await clock.sleep(interval, stop).catch(() => {});
    }
    await scheduler.drain().catch(error => log.error('results were lost', { reason: (error as Error).message }));
  }

  const turning = turn();
  return async () => {
    stopped.abort();
    await turning;
  };
}
