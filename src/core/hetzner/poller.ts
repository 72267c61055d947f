import type { Action } from '../api.ts';
import { Failure, toFailure } from '../failure.ts';
import { stopped } from '../transport/stop.ts';
import type { Clock } from '../world.ts';
import { ask, chunk } from './ask.ts';
import type { Send } from './call.ts';

/** What polling needs. */
export interface PollerOptions {
  readonly send: Send;
  readonly clock: Clock;
  readonly signal?: AbortSignal;
  /** Milliseconds between two polls of an action; by default they grow with the time it takes. */
  readonly pollInterval?: number;
}

/** Someone who waits for actions to end; `deadline` in clock milliseconds. */
export interface Watch {
  /** Ids that have not ended. */
  readonly pending: Set<number>;
  readonly deadline: number;
  onChange(action: Action): void;
  onEnd(): void;
  onFailure(failure: Failure): void;
}

interface Polled {
  last: Action;
  polls: number;
  due: number;
}

/** Follows the actions of all watches together, so that waiting for one costs as many requests as waiting for twenty-five. */
export function createPoller(options: PollerOptions): (watch: Watch, actions: readonly Action[]) => void {
  const { send, clock, signal } = options;
  const polled = new Map<number, Polled>();
  const watches = new Set<Watch>();
  let nap = new AbortController();
  let awake = false;

  function add(watch: Watch, actions: readonly Action[]): void {
    watches.add(watch);
    for (const action of actions) {
      if (!polled.has(action.id))
        polled.set(action.id, { last: action, polls: 0, due: clock.now() + interval(options, 0) });
    }
    // What sleeps may be due later than what has just come.
    nap.abort();
    if (!awake) void run();
  }

  async function run(): Promise<void> {
    awake = true;
    const wake = () => nap.abort();
    signal?.addEventListener('abort', wake);
    while (watches.size > 0) {
      try {
        await sleep();
        expire();
        await poll();
      } catch (error) {
        const failure = toFailure(error);
        for (const watch of watches) end(watch, () => watch.onFailure(failure));
      }
    }
    signal?.removeEventListener('abort', wake);
    awake = false;
  }

  async function sleep(): Promise<void> {
    for (;;) {
      const times = [...polled.values()].map(({ due }) => due).concat([...watches].map(({ deadline }) => deadline));
      const ms = Math.min(...times) - clock.now();
      if (ms <= 0) return;
      if (signal?.aborted) throw stopped(signal);
      nap = new AbortController();
      const { signal: woken } = nap;
      try {
        return await clock.sleep(ms, woken);
      } catch (error) {
        if (!woken.aborted) throw error;
      }
    }
  }

  function expire(): void {
    for (const watch of watches) {
      if (watch.deadline > clock.now()) continue;
      end(watch, () => watch.onFailure(new Failure('timeout', 'the time is over')));
    }
  }

  async function poll(): Promise<void> {
    const now = clock.now();
    const sorted = [...polled].sort(([, left], [, right]) => left.due - right.due);
    const due = sorted.filter(([, one]) => one.due <= now).length;
    // What is not due yet rides along where a request has room for it.
    const asked = sorted.slice(0, Math.ceil(due / chunk) * chunk);
    for (const [, one] of asked) {
      if (one.due <= now) one.polls += 1;
      one.due = now + interval(options, one.polls);
    }
    for (const action of await ask(
      send,
      asked.map(([id]) => id),
    ))
      note(action);
  }

  function note(action: Action): void {
    const known = polled.get(action.id);
    if (!known) return;
    const changed = known.last.status !== action.status || known.last.progress !== action.progress;
    known.last = { ...known.last, ...action };
    for (const watch of watches) {
      if (!watch.pending.has(action.id)) continue;
      if (changed) watch.onChange(known.last);
      if (!hasEnded(action)) continue;
      watch.pending.delete(action.id);
      if (watch.pending.size === 0) end(watch, () => watch.onEnd());
    }
    if (hasEnded(action)) polled.delete(action.id);
  }

  function end(watch: Watch, tell: () => void): void {
    watches.delete(watch);
    for (const id of watch.pending) {
      if (![...watches].some(other => other.pending.has(id))) polled.delete(id);
    }
    tell();
  }

  return add;
}

/** True when nothing more will come of the action. */
export function hasEnded({ status }: Action): boolean {
  return status === 'success' || status === 'error';
}

/** Ten times half a second, then half as much again each time, up to two and a half seconds. */
function interval({ pollInterval }: PollerOptions, polls: number): number {
  if (pollInterval !== undefined) return Math.max(10, pollInterval);
  return polls < 10 ? 500 : Math.min(2500, 500 * 1.5 ** (polls - 9));
}
