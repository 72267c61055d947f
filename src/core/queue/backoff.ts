import type { FailureCode } from '../failure.ts';

const longest = 3_600_000;
/** What is locked or over a limit stays so for a while. */
const first: Partial<Record<FailureCode, number>> = { limited: 15_000, conflict: 15_000 };

/** Milliseconds, at least 1, until a job that has failed `attempts` times before (0 at first) and now with `code` is tried again; `random` is from 0 up to 1. Spread over the whole range, since what failed together must not come back together. */
export function backoff(code: FailureCode, attempts: number, random: number): number {
  const ceiling = Math.min(longest, (first[code] ?? 5000) * 2 ** attempts);
  return 1 + Math.floor(random * (ceiling - 1));
}
