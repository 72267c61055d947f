import { merge, type Span } from '../checks/maintenance.ts';
import { type Interval, uptimeOf } from '../checks/uptime.ts';

/** One day of UTC of a check. */
export interface Day {
  /** `2026-11-25`. */
  readonly date: string;
  /** `down` when it was down for a tenth of the time that could be told, `partial` when it was for less; `none` while it was not watched. */
  readonly state: 'up' | 'partial' | 'down' | 'maintenance' | 'unknown' | 'none';
  /** Seconds that it was down, maintenance left out. */
  readonly down: number;
}

/** How many days a page shows. */
export const daysShown = 90;

const day = 86_400_000;
const worst = 0.9;

/** The days that are shown, today as a whole with them. */
export function spanOf(now: number): Span {
  const end = (Math.floor(now / day) + 1) * day;
  return { from: end - daysShown * day, to: end };
}

/** The days of a check up to `now` (ms), by its states, which do not overlap, and its maintenance; with them the part of all that could be told for which it was up, null where nothing could. */
export function daysOf(
  intervals: readonly Interval[],
  windows: readonly Span[],
  now: number,
): { readonly days: readonly Day[]; readonly share: number | null } {
  const { from } = spanOf(now);
  const sum = { up: 0, down: 0 };
  const states = spread(intervals, ({ from, to }) => ({ from, to: to ?? now }), from);
  const quiet = spread(merge(windows), window => window, from);
  const days = Array.from({ length: daysShown }, (_, index) => {
    const span = { from: from + index * day, to: from + (index + 1) * day };
    const { up, down, unknown, maintenance } = uptimeOf(states[index]!, quiet[index]!, span, now);
    sum.up += up;
    sum.down += down;
    const date = new Date(span.from).toISOString().slice(0, 10);
    return { date, state: stateOf(up, down, unknown, maintenance), down: Math.ceil(down / 1000) };
  });
  const told = sum.up + sum.down;
  return { days, share: told > 0 ? sum.up / told : null };
}

function stateOf(up: number, down: number, unknown: number, maintenance: number): Day['state'] {
  if (down > 0) return up / (up + down) < worst ? 'down' : 'partial';
  if (up > 0) return 'up';
  if (maintenance > 0) return 'maintenance';
  return unknown > 0 ? 'unknown' : 'none';
}

/** What touches each of the days: looking through everything for every day would take a page of many checks seconds. */
function spread<T>(all: readonly T[], spanOf: (one: T) => Span, start: number): T[][] {
  const days: T[][] = Array.from({ length: daysShown }, () => []);
  for (const one of all) {
    const { from, to } = spanOf(one);
    const first = Math.max(0, Math.floor((from - start) / day));
    const last = Math.min(daysShown - 1, Math.floor((to - 1 - start) / day));
    for (let index = first; index <= last; index += 1) days[index]!.push(one);
  }
  return days;
}
