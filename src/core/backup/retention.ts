import { Failure } from '../failure.ts';
import { type Bucketed, bucketed, bucketOf, writeBucket } from './bucket.ts';
import type { Candidate, Keep } from './types.ts';
import { writeDuration } from './words.ts';
import { openZone } from './zone.ts';

/** What the rules look at: only good images that nobody protects or holds. */
export type Retained = Pick<Candidate, 'id' | 'created'>;

/**
 * Which images stay, and by which rules (`last 1 of 3`, `daily 2026-11-24`, `within 14d`); one that is not in the map
 * is wanted by none. Each rule is on its own. `last` takes the newest; the others the newest of each hour, day, ISO
 * week, month or year of the zone, so many of those that have one; while a rule has places left it takes the oldest
 * image too. `within` takes what was made less than so long before the newest. Throws `usage` when no rule is given.
 */
export function retain(images: readonly Retained[], keep: Keep, zone: string): ReadonlyMap<number, readonly string[]> {
  if (isEmpty(keep)) throw emptyKeep();
  const sorted = newestFirst(images);
  const reasons = new Map<number, string[]>();
  const want = (id: number, reason: string) => {
    reasons.set(id, [...(reasons.get(id) ?? []), reason]);
  };

  const last = keep.last ?? 0;
  for (const [index, { id }] of sorted.slice(0, last).entries()) want(id, `last ${index + 1} of ${last}`);
  for (const rule of bucketed) wantBuckets(sorted, rule, keep[rule] ?? 0, zone, want);
  if (keep.within) {
    const since = (sorted[0]?.created ?? 0) - keep.within;
    const reason = `within ${writeDuration(keep.within)}`;
    for (const { id, created } of sorted) if (created > since) want(id, reason);
  }
  return reasons;
}

/** The images from the newest to the oldest; of two made at once, the one with the higher id is the newer. */
export function newestFirst<T extends Retained>(images: readonly T[]): T[] {
  return [...images].sort((a, b) => b.created - a.created || b.id - a.id);
}

/** True when the rules keep nothing whatever there is. */
export function isEmpty(keep: Keep): boolean {
  return !(['last', ...bucketed, 'within'] as const).some(rule => (keep[rule] ?? 0) > 0);
}

/** The refusal of rules that keep nothing. */
export function emptyKeep(): Failure {
  const hint =
    'Give at least one of keep-last, keep-hourly, keep-daily, keep-weekly, keep-monthly, keep-yearly, keep-within';
  return new Failure('usage', 'retention keeps nothing', { hint });
}

function wantBuckets(
  sorted: readonly Retained[],
  rule: Bucketed,
  count: number,
  zoneName: string,
  want: (id: number, reason: string) => void,
): void {
  if (count === 0) return;
  const zone = openZone(zoneName);
  let left = count;
  let taken: number | undefined;
  for (const [index, { id, created }] of sorted.entries()) {
    if (left === 0) return;
    const bucket = bucketOf(rule, created, zone);
    const isOldest = index === sorted.length - 1;
    if (bucket === taken && !isOldest) continue;
    const reason = `${rule} ${writeBucket(rule, created, zone)}`;
    want(id, bucket === taken ? `${reason}, the oldest` : reason);
    taken = bucket;
    left -= 1;
  }
}
