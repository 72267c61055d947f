import { setImmediate } from 'node:timers/promises';
import { toFailure } from '../../core/failure.ts';
import type { Handlers } from '../../core/queue/queue.ts';
import { ensureInbox } from './channels.ts';
import { createDeliver } from './deliver.ts';
import { flushDue } from './flush.ts';
import { keepAlerts } from './keep.ts';
import { reportAlerts } from './report.ts';
import { takeConditions } from './take.ts';
import type { AlertTools } from './tools.ts';

const interval = 1_000;

/** The alerts and messages of a daemon. */
export interface Alerts {
  /** What the queue does its jobs with. */
  readonly handlers: Handlers;
  /** What the daemon's status tells of them. */
  readonly report: () => Promise<unknown>;
  /** Does what is due now. */
  turn(): Promise<void>;
  stop(): Promise<void>;
}

/** Begins to tell people; `loop: false` leaves the turns to the caller. */
export async function startAlerts(
  tools: AlertTools,
  { loop = true }: { readonly loop?: boolean } = {},
): Promise<Alerts> {
  const stopped = new AbortController();
  const signal = AbortSignal.any([tools.signal, stopped.signal]);
  const keep = keepAlerts(tools);
  await ensureInbox(tools);

  async function turn(): Promise<void> {
    await keep();
    // SQLite answers at once: without a pause nobody else would have a turn before all is done.
    for (const step of [takeConditions, flushDue])
      while ((await step(tools)) > 0) {
        await setImmediate();
        if (signal.aborted) return;
      }
  }

  async function go(): Promise<void> {
    while (!signal.aborted) {
      try {
        await turn();
        tools.beat?.('alerts');
      } catch (error) {
        tools.log.error('alerts could not be looked at', { reason: toFailure(error).message });
      }
      await tools.clock.sleep(interval, signal).catch(() => {});
    }
  }

  const turning = loop ? go() : Promise.resolve();
  return {
    handlers: { deliver: createDeliver(tools) },
    report: () => reportAlerts(tools),
    turn,
    async stop() {
      stopped.abort();
      await turning;
    },
  };
}
