import { merge, type Span } from './maintenance.ts';

/** A state that a check was in; `to` is null while it is. */
export interface Interval {
  readonly state: string;
  readonly from: number;
  readonly to: number | null;
}

/** How long a check was what, in ms; the sum of all is the span. */
export interface Uptime {
  readonly up: number;
  readonly down: number;
  readonly unknown: number;
  readonly maintenance: number;
  /** Before it was made, while it was paused, and what is still to come. */
  readonly unwatched: number;
  /** Up as a part of up and down, null where it was neither. */
  readonly share: number | null;
  /** How often it went down. */
  readonly outages: number;
}

/** The sums of a span up to `now` (ms), exact by the intervals, which do not overlap; what lies in a window of maintenance counts as that alone. */
export function uptimeOf(intervals: readonly Interval[], windows: readonly Span[], span: Span, now: number): Uptime {
  const quiet = merge(windows);
  const sums = { up: 0, down: 0, unknown: 0 };
  let [maintenance, outages] = [0, 0];
  for (const { state, from, to } of intervals) {
    if (state !== 'up' && state !== 'down' && state !== 'unknown') continue;
    const part = { from: Math.max(from, span.from), to: Math.min(to ?? now, span.to, now) };
    const length = part.to - part.from;
    if (length <= 0) continue;
    const covered = quiet.reduce((sum, one) => sum + overlap(one, part), 0);
    sums[state] += length - covered;
    maintenance += covered;
    if (state === 'down' && covered < length) outages += 1;
  }
  const told = sums.up + sums.down;
  return {
    ...sums,
    ...{ maintenance, outages, share: told > 0 ? sums.up / told : null },
    unwatched: span.to - span.from - told - sums.unknown - maintenance,
  };
}

function overlap(a: Span, b: Span): number {
  return Math.max(0, Math.min(a.to, b.to) - Math.max(a.from, b.from));
}

/** The month of UTC that `2026-11` names, or that `now` is in; undefined for what is none. */
export function monthSpan(text: string | undefined, now: number): (Span & { readonly name: string }) | undefined {
  const name = text ?? new Date(now).toISOString().slice(0, 7);
  if (!/^\d{4}-(0[1-9]|1[0-2])$/.test(name)) return undefined;
  const [year, month] = name.split('-').map(Number);
  return { name, from: Date.UTC(year!, month! - 1), to: Date.UTC(year!, month!) };
}
