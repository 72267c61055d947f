import { setMaxListeners } from 'node:events';
import type { Step } from '../../core/store/store.ts';
import type { Tools } from '../tools.ts';
import { claiming, pullingIn, readClaimed, readDue } from './claim.ts';
import type { Finished, Outages } from './outages.ts';
import { readQuiet } from './quiet.ts';
import type { Watch } from './row.ts';
import { runCheck } from './run.ts';
import { settling } from './settle.ts';
import type { Sources } from './sources.ts';

/** Milliseconds ahead of their time that checks are taken, so that each can begin at its very moment. */
const ahead = 1_500;
/** Checks that this daemon has taken and not yet ended, at most. */
const most = 400;

export interface Scheduler {
  /** One turn: what has ended is settled, and what is due soon taken, in one commit. */
  turn(): Promise<void>;
  /** Resolves when no run is under way any more; what they came to is settled. */
  drain(): Promise<void>;
}

interface SchedulerOptions {
  readonly sources: Sources;
  readonly outages: Outages;
  /** Names this daemon among those on the same store. */
  readonly worker: string;
  readonly stop: AbortSignal;
  /** Told how late (ms) each run began. */
  readonly onStart?: (late: number) => void;
}

/** Runs the checks of the store, each at its time and by one daemon. */
export function createScheduler(tools: Tools, options: SchedulerOptions): Scheduler {
  const { store, clock, log } = tools;
  const { sources, outages, worker, stop, onStart } = options;
  // Each run listens to it, and there are hundreds.
  setMaxListeners(0, stop);
  const running = new Set<Promise<void>>();
  let ended: Finished[] = [];
  let claims = 0;
  let last = Number.NEGATIVE_INFINITY;

  async function run(watch: Watch): Promise<void> {
    const wait = watch.next_due - clock.now();
    if (wait > 0) await clock.sleep(wait, stop).catch(() => {});
    // It is left to another daemon, or to this one when it is started again.
    if (stop.aborted) return;
    const begun = clock.now();
    onStart?.(begun - watch.next_due);
    const result = await runCheck(tools, sources, watch, stop);
    const at = clock.now();
    if (!stop.aborted) ended.push({ watch, result, at, took: at - begun });
  }

  async function settle(finished: readonly Finished[], more: readonly Step[]): Promise<void> {
    const now = clock.now();
    const weighed = await outages.weigh(finished);
    const quiet = await readQuiet(store, weighed.finished, now);
    const each = weighed.finished.map(one => settling(store, one, quiet.quietOf(one, weighed.isHit(one))));
    const shared = [...weighed.steps, ...quiet.steps, ...more];
    const steps = [...each.flat(), ...shared];
    if (steps.length === 0) return;
    if ((await store.commit(steps)) === undefined) {
      // One of them was changed, paused or deleted meanwhile: the others count all the same.
      for (const own of each) await store.commit(own);
      if (shared.length > 0) await store.commit(shared);
    }
    weighed.done();
  }

  async function turn(): Promise<void> {
    const now = clock.now();
    // Where the clock was set back, everything would wait for times that are far off.
    const pulled = now < last ? [pullingIn(store, now)] : [];
    last = now;
    const due = stop.aborted ? [] : await readDue(store, now + ahead, now, most - running.size);
    claims += 1;
    const claim = `${worker}/${now}/${claims}`.slice(-255);
    const finished = ended;
    ended = [];
    const taking = due.length > 0 ? [claiming(store, due, claim, now + ahead, now)] : [];
    try {
      await settle(finished, [...pulled, ...taking]);
    } catch (error) {
      // Nothing of it is durable: it is tried again with what ends until then.
      ended = [...finished, ...ended];
      throw error;
    }
    if (due.length === 0) return;
    for (const watch of await readClaimed(store, claim)) {
      const one: Promise<void> = run(watch)
        .catch(error => log.error('check failed', { check: watch.id, reason: (error as Error).message }))
        .finally(() => running.delete(one));
      running.add(one);
    }
  }

  return {
    turn,
    async drain() {
      await Promise.all(running);
      if (ended.length > 0) await settle(ended.splice(0), []);
    },
  };
}
