import { Failure } from '../../core/failure.ts';
import { parseDuration } from '../../core/parse.ts';
import type { MetricsQuery } from './metrics-read.ts';

/** The kinds of metrics that Hetzner measures; there is none of memory or of how full a disk is. */
export const kinds = ['cpu', 'disk', 'network'] as const;

const day = 86_400_000;
const kept = 30 * day;
const minute = 60_000;

/** Flags of `server metrics` as typed; `since` in milliseconds. */
export interface MetricsFlags {
  readonly type?: readonly string[];
  readonly start?: string;
  readonly end?: string;
  readonly since?: number;
  readonly step?: string;
}

/** What the flags ask for at `now` (ms); throws `usage` for what nobody can have: Hetzner, or a daemon `withHistory`. */
export function readQuery(
  { type, start, end, since, step }: MetricsFlags,
  now: number,
  withHistory = false,
): MetricsQuery {
  if (start !== undefined && since !== undefined) throw new Failure('usage', 'give --start or --since, not both');
  const to = end === undefined ? now : Date.parse(end);
  const from = start === undefined ? to - (since ?? day) : Date.parse(start);
  if (from >= to) throw new Failure('usage', 'the metrics would end before they start');
  const query = { types: [...new Set(type ?? kinds)], start: from, end: to, step: parseStep(step) };
  if (!withHistory) requireKept(query, now);
  return query;
}

/** True when Hetzner still has all of it. */
export function isKept({ start }: Pick<MetricsQuery, 'start'>, now: number): boolean {
  // The clocks differ: 30 days to the second are asked for as meant.
  return start >= now - kept - minute;
}

/** Throws `usage` for what is earlier than Hetzner keeps. */
export function requireKept(query: Pick<MetricsQuery, 'start'>, now: number): void {
  if (isKept(query, now)) return;
  throw new Failure('usage', `metrics are kept for 30 days, and ${new Date(query.start).toISOString()} is earlier`, {
    hint: 'Give a later --start, or --since 30d at most; a daemon keeps them longer',
  });
}

/** Seconds in a step: a number of them, or a duration. */
function parseStep(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const seconds = /^\d+$/.test(text) ? Number(text) : readDuration(text) / 1000;
  if (Number.isSafeInteger(seconds) && seconds >= 1) return seconds;
  throw new Failure('usage', `--step: '${text}' is not a whole number of seconds`);
}

function readDuration(text: string): number {
  try {
    return parseDuration(text);
  } catch (cause) {
    throw new Failure('usage', `--step: '${text}' is neither seconds nor a duration`, {
      hint: 'Such as 60, or 5m',
      cause,
    });
  }
}
