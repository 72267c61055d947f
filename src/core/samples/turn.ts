import type { Range } from '../metrics/range.ts';
import { type Asked, freshRange, gapRange, nothingAsked, resolution } from './plan.ts';

const hour = 3_600_000;

/** What is known of one server whose metrics are kept; milliseconds. */
export interface Polled {
  readonly id: number;
  readonly created: number;
  /** Undefined when nothing has been asked about it yet. */
  readonly asked: Asked | undefined;
  /** When it was asked about last, 0 for not since the start. */
  readonly last: number;
}

/** The request that is to be sent now. */
export interface Turn {
  readonly id: number;
  readonly asked: Asked;
  readonly range: Range;
}

/** Milliseconds between two requests, when `limit` may be sent in an hour: three eighths are for metrics, which leaves the rest to backups and people. */
export function gapBetween(limit: number): number {
  return hour / (limit * 0.375);
}

/** Milliseconds between two requests about a server: a minute, or so much that a fifth of all requests is left for what was missed. */
export function intervalOf(servers: number, gap: number): number {
  return Math.max(resolution, Math.ceil(servers * gap * 1.25));
}

/** The next request: about the server that was asked about longest ago when that is due, else for the newest of what was missed; undefined when nothing is to be asked now. */
export function nextTurn(servers: readonly Polled[], gap: number, now: number): Turn | undefined {
  const interval = intervalOf(servers.length, gap);
  let due: (Turn & { last: number }) | undefined;
  let missed: Turn | undefined;
  for (const { id, created, asked = nothingAsked(created, now), last } of servers) {
    const fresh = now - last >= interval || last > now ? freshRange(asked, now) : undefined;
    if (fresh && (!due || last < due.last)) due = { id, asked, range: fresh, last };
    const range = due ? undefined : gapRange(asked, now);
    if (range && (!missed || range.end > missed.range.end)) missed = { id, asked, range };
  }
  return due ?? missed;
}
