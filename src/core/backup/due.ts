import { hashText } from '../hash.ts';
import { type Cron, next, previous } from './cron.ts';

/** What is known of a schedule when it is looked at; times in ms. */
export interface DueState {
  readonly cron: Cron;
  /** How late a run that was missed may still begin. */
  readonly window: number;
  /** The first due time that nothing has been done about. */
  readonly nextDue: number;
}

/** What is to be done about a schedule now; times in ms. */
export interface DueStep {
  /** The due time to run for, null when none is. */
  readonly run: number | null;
  /** The due time that is too late to run for and is reported as missed, null when none is. */
  readonly missed: number | null;
  /** Due times before that one that came and went as well; they are neither run nor reported singly. */
  readonly passed: number;
  /** Never less than it was. */
  readonly nextDue: number;
  /** The clock stands before a due time that was dealt with: it was turned back, and nothing runs until it gets there. */
  readonly early: boolean;
}

/** Passed due times are counted up to this. */
export const mostPassed = 1000;

/** What is due at `now`: however many due times came since the last look, the newest of them runs, or is missed when its window is over. */
export function due(state: DueState, now: number): DueStep {
  const { cron, nextDue, window } = state;
  if (now < nextDue) {
    return { run: null, missed: null, passed: 0, nextDue, early: next(cron, now) < nextDue };
  }
  const newest = Math.max(nextDue, previous(cron, now + 1));
  const inTime = now <= newest + window;
  return {
    run: inTime ? newest : null,
    missed: inTime ? null : newest,
    passed: countPassed(cron, nextDue, newest),
    nextDue: next(cron, now),
    early: false,
  };
}

function countPassed(cron: Cron, first: number, newest: number): number {
  let count = 0;
  for (let time = first; time < newest && count < mostPassed; time = next(cron, time)) count += 1;
  return count;
}

/** By how many milliseconds a server's run begins after its due time: the same wherever it is asked, spread evenly over [0, jitter). */
export function jitterOf(schedule: string | number, server: number, due: number, jitter: number): number {
  const drawn = Number.parseInt(hashText(`${schedule}/${server}/${due}`).slice(0, 8), 16);
  return Math.floor((drawn / 2 ** 32) * jitter);
}
