import type { Outcome, Result } from './check.ts';
import { countChanges, forget, isFlapping, slowness } from './flap.ts';
import type { Policy } from './policy.ts';

export type State = 'new' | 'up' | 'down' | 'unknown';

/** Results of one kind without one that speaks against them; times in ms. */
export interface Streak {
  readonly count: number;
  readonly since: number;
}

/** What is known of something that is watched; a value of JSON. */
export interface Watched {
  readonly state: State;
  /** When the state began: with the first of the results that led to it. */
  readonly since: number;
  readonly failing: Streak;
  readonly passing: Streak;
  readonly blind: Streak;
  /** The last of up and down that it was. */
  readonly solid: 'up' | 'down' | null;
  /** When it went from up to down or back, the newest last. */
  readonly changes: readonly number[];
  readonly flapping: boolean;
}

/** Milliseconds by which one answer may be quicker than another: a time of whole intervals is over with the result that ends it, not with the next one. */
export const tolerance = 2000;

const none: Streak = { count: 0, since: 0 };

/** Of something that nothing is known of yet. */
export function unwatched(now: number): Watched {
  return {
    ...{ state: 'new', since: now, failing: none, passing: none, blind: none },
    ...{ solid: null, changes: [], flapping: false },
  };
}

/**
 * What is known after one more result that came at `now`. It is down when it has failed often enough in a row and for
 * long enough; up when it has succeeded often enough in a row; unknown when it could not be told as often and as long as
 * it takes to be down. A result that cannot tell speaks neither for nor against. Something that goes up and down again
 * and again takes longer and longer to change, up to an hour.
 */
export function observe(before: Watched, result: Result, policy: Policy, now: number): Watched {
  const outcome = judge(before, result, policy);
  const streaks = continueStreaks(before, outcome, now);
  const changes = forget(before.changes, now);
  const next = decide({ ...before, ...streaks, changes }, outcome, policy, now);
  if (next.state === before.state) return { ...next, flapping: isFlapping(before.flapping, changes) };
  const solid = next.state === 'up' || next.state === 'down' ? next.state : before.solid;
  const isChange = before.solid !== null && solid !== before.solid;
  const noted = isChange ? countChanges(changes, now) : changes;
  return { ...next, solid, changes: noted, flapping: isFlapping(before.flapping, noted) };
}

/** When it will be down at the earliest if nothing but failures comes from `next` on, each an interval after the other; undefined while nothing fails, and when it is down. */
export function fallsAt(
  { state, failing, changes }: Watched,
  { interval, count, for: least }: Policy,
  next: number,
): number | undefined {
  if (state === 'down' || failing.count === 0) return undefined;
  const needed = Math.max(least, slowness(changes, interval));
  const later = Math.ceil((failing.since + needed - tolerance - next) / interval);
  return next + interval * Math.max(0, later, count - failing.count - 1);
}

/** A value that is good again, but not yet past the threshold at which that counts, is still wrong. */
function judge({ state }: Watched, { outcome, value, wrong }: Result, { clear }: Policy): Outcome {
  if (outcome !== 'up' || state !== 'down' || clear === undefined || value === undefined) return outcome;
  const isClear = wrong === 'below' ? value >= clear : value <= clear;
  return isClear ? 'up' : 'down';
}

function continueStreaks({ failing, passing, blind }: Watched, outcome: Outcome, now: number) {
  const more = ({ count, since }: Streak): Streak => ({ count: count + 1, since: count === 0 ? now : since });
  if (outcome === 'down') return { failing: more(failing), passing: none, blind: none };
  if (outcome === 'up') return { failing: none, passing: more(passing), blind: none };
  return { failing, passing, blind: more(blind) };
}

function decide(known: Watched, outcome: Outcome, policy: Policy, now: number): Watched {
  const { state, since, failing, passing, blind, changes } = known;
  const slow = slowness(changes, policy.interval);
  const lasts = (streak: Streak, ms: number) => now - streak.since >= ms - tolerance;
  const become = (to: State, streak: Streak): Watched => ({
    ...known,
    state: to,
    since: state === 'new' ? streak.since : Math.max(since, streak.since),
  });
  if (outcome === 'down' && state !== 'down') {
    const isEnough = failing.count >= policy.count && lasts(failing, Math.max(policy.for, slow));
    return isEnough ? become('down', failing) : known;
  }
  if (outcome === 'up' && state !== 'up') {
    const isEnough = state === 'new' || (passing.count >= policy.recoverCount && lasts(passing, slow));
    return isEnough ? become('up', passing) : known;
  }
  if (outcome === 'unknown' && state !== 'unknown') {
    const isEnough = blind.count >= policy.count && lasts(blind, policy.for);
    return isEnough ? become('unknown', blind) : known;
  }
  return known;
}
