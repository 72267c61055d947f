/** Changes longer ago than this (ms) say nothing any more. */
export const window = 2 * 3_600_000;
/** The longest that something has to be otherwise before it is said so, in ms. */
export const slowest = 3_600_000;

const [calm, restless] = [3, 5];
const most = 20;

/** The changes (times in ms) of the last two hours. */
export function forget(changes: readonly number[], now: number): readonly number[] {
  return changes.some(at => at <= now - window) ? changes.filter(at => at > now - window) : changes;
}

/** One change more; only the newest are kept. */
export function countChanges(changes: readonly number[], now: number): readonly number[] {
  return [...changes, now].slice(-most);
}

/** How long (ms) something that has changed so often has to be otherwise before it counts: nothing at first, then twice as long with each change. */
export function slowness(changes: readonly number[], interval: number): number {
  if (changes.length < calm) return 0;
  return Math.min(slowest, interval * 2 ** (changes.length - calm));
}

/** Whether it goes up and down so often that it says more than either: from five changes in the window on, until two are left. */
export function isFlapping(before: boolean, changes: readonly number[]): boolean {
  return changes.length >= (before ? calm : restless);
}
