import { mostSamples, type Range } from '../metrics/range.ts';

/** The finest step that is kept of Hetzner's metrics, milliseconds; requests begin at multiples of it, so that the same samples come again. */
export const resolution = 60_000;

/** How far back Hetzner answers, milliseconds. */
export const reach = 30 * 86_400_000;

/** The longest range of one request. The ends may both have a sample, and parts share theirs, so that none is missed whichever of them is left out. */
export const longest = (mostSamples - 1) * resolution;

/** How long samples may come after their time before they are given up, milliseconds. */
const lateness = 2 * 3_600_000;

/** What Hetzner has been asked about a server: all up to a time, except the gaps, which are in order. Milliseconds. */
export interface Asked {
  readonly until: number;
  readonly gaps: readonly Range[];
}

/** Nothing has been asked about a server that was made then. */
export function nothingAsked(created: number, now: number): Asked {
  return { until: gridded(Math.max(created, now - reach)), gaps: [] };
}

/** The newest complete range that has not been asked, as much of it as one request holds; undefined while there is no whole step. */
export function freshRange({ until }: Asked, now: number): Range | undefined {
  const end = gridded(now - resolution);
  const start = Math.max(until, end - longest);
  return end > start ? { start, end } : undefined;
}

/** The newest part of the newest gap that Hetzner still answers for; undefined when there is none. */
export function gapRange({ gaps }: Asked, now: number): Range | undefined {
  const gap = gaps.at(-1);
  if (!gap || gap.end <= now - reach) return undefined;
  return { start: Math.max(gap.start, gap.end - longest, gridded(now - reach)), end: gap.end };
}

/** What has been asked after the range was answered. A part that is skipped on the way to newer samples becomes a gap; where the newest sample of the answer, `newest`, is older than the range, its end is asked again for some time. */
export function afterAnswer(asked: Asked, { start, end }: Range, newest: number | undefined, now: number): Asked {
  const gaps = asked.gaps
    .flatMap(gap => [
      { start: gap.start, end: Math.min(gap.end, start) },
      { start: Math.max(gap.start, end), end: gap.end },
    ])
    .filter(gap => gap.start < gap.end && gap.end > now - reach);
  if (end <= asked.until) return { until: asked.until, gaps };
  const skipped = start > asked.until ? [{ start: asked.until, end: start }] : [];
  const settled = gridded(Math.max(newest ?? start, end - lateness, asked.until));
  return { until: Math.min(end, settled), gaps: [...gaps, ...skipped] };
}

function gridded(time: number): number {
  return Math.floor(time / resolution) * resolution;
}
