import type { Clock } from '../world.ts';
import type { Sql } from './store.ts';

/** The time before which nobody who still lives has begun anything, asked when a daemon begins: a file is one daemon's, and what is open in it was left by one that died. There is none where others work on the same store. */
export function aloneSince({ dialect }: Pick<Sql, 'dialect'>, clock: Pick<Clock, 'now'>): number {
  return dialect === 'sqlite' ? clock.now() : Number.NEGATIVE_INFINITY;
}
