import type { Outcome } from './check.ts';

/** The newest result of one check over the network, as this daemon saw it; times in ms. */
export interface Seen {
  readonly at: number;
  readonly outcome: Outcome;
}

/** A look at something that has nothing to do with what is watched. */
export type Probe = (signal: AbortSignal) => Promise<boolean>;

/** Results older than this (ms) say nothing of the network now. */
export const recent = 120_000;
const least = 2;

/** True when so many checks over the network fail at once that it may be the daemon's own: two at least, and more than half of those looked at within two minutes. */
export function isSuspicious(seen: Iterable<Seen>, now: number): boolean {
  const fresh = [...seen].filter(({ at, outcome }) => now - at < recent && outcome !== 'unknown');
  const failed = fresh.filter(({ outcome }) => outcome === 'down').length;
  return failed >= least && failed * 2 > fresh.length;
}
