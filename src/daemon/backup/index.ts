import type { Handlers, Job } from '../../core/queue/queue.ts';
import { isAway } from '../service/away.ts';
import type { Tools } from '../tools.ts';
import { backUp } from './backup.ts';
import { type Moment, noteTime } from './clock.ts';
import { powerOn } from './power-on.ts';
import { prune } from './prune.ts';
import { pullIn } from './pull-in.ts';
import { reconcile, reconcileJob } from './reconcile.ts';
import { readNextDue } from './schedule.ts';
import { tick } from './tick.ts';
import { isFinal, passes } from './trouble.ts';
import { verify } from './verify/verify.ts';

/** Milliseconds between two ticks, at the most and at the least. */
const interval = 30_000;
const shortest = 1000;

/** The scheduled backups of a daemon. */
export interface Backups {
  /** What the queue does its jobs with. */
  readonly handlers: Handlers;
  /** Begins what is due now; how many runs. `timer` is a monotonic timer in milliseconds. */
  tick(timer?: number): Promise<number>;
  /** Ticks no more, and waits for one that is under way. */
  stop(): Promise<void>;
}

/** Makes backups by their schedules; `loop: false` leaves the ticks to the caller. */
export function startBackups(tools: Tools, { loop = true }: { readonly loop?: boolean } = {}): Backups {
  const stopped = new AbortController();
  const signal = AbortSignal.any([tools.signal, stopped.signal]);
  let last: Moment | undefined;
  const tickNow = async (timer = performance.now()) => {
    const moment = { wall: tools.clock.now(), timer };
    const look = tools.queue.adding(reconcileJob(moment.wall, last === undefined));
    const jump = await noteTime(tools.store, moment, last, [look]);
    if (jump !== 0) await pullIn(tools, moment.wall, jump);
    // Where a clock was set back before, schedules wait for times that are far off.
    else if (!last) await pullIn(tools, moment.wall, 0);
    last = moment;
    return tick(tools, moment.wall);
  };
  const turning = loop ? turn(tools, signal, tickNow) : Promise.resolve();
  return {
    handlers: handlersOf(tools),
    tick: tickNow,
    async stop() {
      stopped.abort();
      await turning;
    },
  };
}

function handlersOf(tools: Tools): Handlers {
  return {
    backup: job => backUp(tools, job),
    prune: job => patiently(job, () => prune(tools, job), tools),
    verify: job => verify(tools, job),
    'power-on': job => patiently(job, () => powerOn(tools, job), tools),
    reconcile: job => reconcile(tools, job),
  };
}

/** These are never given up because Hetzner does not answer. */
async function patiently<T>(job: Job, run: () => Promise<T>, { clock, log }: Tools) {
  try {
    return await run();
  } catch (error) {
    if (!passes(error) && !isFinal(error)) throw error;
    log.warn('job waits for hetzner', { job: job.key, reason: error.message });
    return { again: clock.now() + (passes(error) ? 30_000 : 300_000) };
  }
}

/** Ticks when something is due, and at the least each `interval`. What is due is looked up each second, since another daemon may have made a schedule. */
async function turn(tools: Tools, signal: AbortSignal, tickNow: () => Promise<number>): Promise<void> {
  const { clock, log, store, beat } = tools;
  let last = Number.NEGATIVE_INFINITY;
  let fault: string | undefined;
  // What was due and could not be begun: Hetzner is not asked for it each second.
  let rest = Number.NEGATIVE_INFINITY;
  while (!signal.aborted) {
    const now = clock.now();
    try {
      // Where the clock was set back, `last` is in a time to come.
      if (now - last >= interval || now < last || (now >= rest && (await readNextDue(store)) <= now)) {
        last = now;
        await tickNow();
        beat?.('scheduler');
        if (fault !== undefined) log.info('ticks go on');
        fault = undefined;
        rest = (await readNextDue(store)) <= now ? clock.now() + 10_000 : now;
      }
    } catch (error) {
      // The next one may do better: a database that is gone for a minute stops no schedule, and is told once.
      const reason = (error as Error).message;
      if (reason !== fault) log.error('tick failed', { reason });
      fault = reason;
      if (isAway(store, error)) beat?.('scheduler');
    }
    await clock.sleep(shortest, signal).catch(() => {});
  }
}
