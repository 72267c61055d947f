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

/** What the flags ask for at `now` (ms); throws `usage` for what Hetzner cannot have. */
export function readQuery({ type, start, end, since, step }: MetricsFlags, now: number): MetricsQuery {
  if (start !== undefined && since !== undefined) throw new Failure('usage', 'give --start or --since, not both');
  const to = end === undefined ? now : Date.parse(end);
  const from = start === undefined ? to - (since ?? day) : Date.parse(start);
  if (from >= to) throw new Failure('usage', 'the metrics would end before they start');
  // The clocks differ: 30 days to the second are asked for as meant.
  if (from < now - kept - minute) {
    throw new Failure('usage', `metrics are kept for 30 days, and ${new Date(from).toISOString()} is earlier`, {
      hint: 'Give a later --start, or --since 30d at most',
    });
  }
  return { types: [...new Set(type ?? kinds)], start: from, end: to, step: parseStep(step) };
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
