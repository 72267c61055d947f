import type { Job, Outcome } from '../../core/queue/queue.ts';
import type { Tools } from '../tools.ts';
import { type At, backoff, lastStart, type Next, readAt, save } from './run.ts';
import { begin } from './steps/begin.ts';
import { create, recover } from './steps/create.ts';
import { end, runAfter } from './steps/end.ts';
import { runBefore, stop, waitUntilOff } from './steps/stop.ts';
import { wait } from './steps/wait.ts';
import { isFinal, passes } from './trouble.ts';

/** How long Hetzner may be silent while a run is under way, in milliseconds. */
const patience = 6 * 3_600_000;

/** The steps of a backup, by the name that the row of the run holds. Each finds out what was done before it does anything. */
const steps: Readonly<Record<string, (at: At) => Promise<Next>>> = {
  begin,
  before: runBefore,
  stop,
  stopping: waitUntilOff,
  create,
  creating: recover,
  wait,
  after: runAfter,
};

/** Makes one image of one server for one due time. */
export async function backUp(tools: Tools, job: Job<'backup'>): Promise<Outcome> {
  return walk(tools, job, steps, at => {
    const { data, run } = at;
    return run.step === 'begin' ? lastStart(at) : (data.asked ?? run.started ?? run.due) + patience;
  });
}

/** Goes on with a run, step by step, until one has to be waited for; what may pass is waited for until `deadline`. */
export async function walk(
  tools: Tools,
  job: Job<'backup' | 'verify'>,
  names: Readonly<Record<string, (at: At) => Promise<Next>>>,
  deadline: (at: At) => number,
  giveUp: typeof end = end,
): Promise<Outcome> {
  let at = await readAt(tools, job);
  while (at) {
    job.signal.throwIfAborted();
    const next = await step(at, names, deadline, giveUp);
    if (next === 'ended') return;
    if ('again' in next) return next;
    at = next.at;
  }
}

async function step(
  at: At,
  names: Readonly<Record<string, (at: At) => Promise<Next>>>,
  deadline: (at: At) => number,
  giveUp: typeof end,
): Promise<Next> {
  const run = names[at.run.step];
  if (!run) return giveUp(at, { state: 'failed', reason: `its step '${at.run.step}' is not known` });
  try {
    return await run(at);
  } catch (error) {
    const now = at.tools.clock.now();
    if (isFinal(error)) return giveUp(at, { state: 'failed', reason: error.apiCode ?? error.message });
    if (!passes(error)) throw error;
    const late = now > deadline(at);
    if (late) return giveUp(at, { state: 'failed', reason: `Hetzner does not answer: ${error.message}` });
    const latest = await readAt(at.tools, at.job);
    if (!latest) return 'ended';
    const troubles = (latest.data.troubles ?? 0) + 1;
    await save(latest, { reason: error.message, data: { troubles } });
    return { again: now + backoff(troubles - 1) };
  }
}
