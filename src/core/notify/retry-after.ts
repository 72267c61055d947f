const longest = 24 * 3_600_000;

/** Milliseconds to wait by a Retry-After header, of seconds or of a date, a day at the most; undefined for what is neither. `now` in milliseconds. */
export function readRetryAfter(text: string | undefined, now: number): number | undefined {
  if (text === undefined) return undefined;
  const ms = /^\s*\d+(\.\d+)?\s*$/.test(text) ? Number(text) * 1000 : Date.parse(text) - now;
  return Number.isFinite(ms) ? Math.min(longest, Math.max(0, Math.ceil(ms))) : undefined;
}
