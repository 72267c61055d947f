/** A bucket of requests that refills continuously; times in milliseconds. */
export interface Limiter {
  /** Takes one request out; says whether there was one. */
  take(now: number): boolean;
  /** The three headers that every reply carries. */
  headers(now: number): Record<string, string>;
}

/** A full bucket of `limit` requests, refilled by `limit` an hour. */
export function createLimiter(limit: number, start: number): Limiter {
  let level = limit;
  let since = start;
  const refill = (now: number) => {
    level = Math.min(limit, level + (Math.max(0, now - since) * limit) / 3_600_000);
    since = Math.max(since, now);
  };
  return {
    take(now) {
      refill(now);
      if (level < 1) return false;
      level -= 1;
      return true;
    },
    headers(now) {
      refill(now);
      const full = now + ((limit - level) / limit) * 3_600_000;
      return {
        'RateLimit-Limit': String(limit),
        'RateLimit-Remaining': String(Math.floor(level)),
        'RateLimit-Reset': String(Math.ceil(full / 1000)),
      };
    },
  };
}
