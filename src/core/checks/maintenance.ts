import { type Cron, next, previous } from '../backup/cron.ts';

/** A time in which checks are worked on: once, or again and again. */
export type Times =
  | { readonly kind: 'once'; readonly start: number; readonly end: number }
  | { readonly kind: 'recurring'; readonly cron: Cron; readonly duration: number };

/** From and to in ms; `to` is not in it. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** The windows that touch the span, whole, in order; of a recurring one none before `since` or after `until`, when it was made and ended. */
export function windowsIn(times: Times, { from, to }: Span, since: number, until = Number.POSITIVE_INFINITY): Span[] {
  const cut = (span: Span): Span => ({ from: Math.max(span.from, since), to: Math.min(span.to, until) });
  const touches = (span: Span) => span.from < span.to && span.from < to && span.to > from;
  if (times.kind === 'once') return [{ from: times.start, to: times.end }].map(span => cut(span)).filter(touches);
  const { cron, duration } = times;
  const spans: Span[] = [];
  let start = next(cron, Math.max(from, since) - duration - 1);
  const end = Math.min(to, until);
  while (start < end && spans.length < most) {
    spans.push({ from: start, to: start + duration });
    start = next(cron, start);
  }
  return merge(spans.map(cut).filter(touches));
}

/** A window each minute for a month would be this many. */
const most = 50_000;

/** Whether it is worked on at that moment. */
export function isWithin(times: Times, at: number, since: number): boolean {
  if (times.kind === 'once') return times.start <= at && at < times.end && at >= since;
  const start = previous(times.cron, at + 1);
  return at < start + times.duration && at >= since;
}

/** The window that is open or comes next; undefined when none comes any more. */
export function nextWindow(times: Times, now: number): Span | undefined {
  if (times.kind === 'once') return times.end > now ? { from: times.start, to: times.end } : undefined;
  const { cron, duration } = times;
  const last = previous(cron, now + 1);
  const from = now < last + duration ? last : next(cron, now);
  return { from, to: from + duration };
}

/** The same time in spans that do not touch, in order. */
export function merge(spans: readonly Span[]): Span[] {
  const merged: Span[] = [];
  for (const span of [...spans].sort((a, b) => a.from - b.from)) {
    const last = merged.at(-1);
    if (last && span.from <= last.to) merged[merged.length - 1] = { from: last.from, to: Math.max(last.to, span.to) };
    else if (span.from < span.to) merged.push(span);
  }
  return merged;
}
