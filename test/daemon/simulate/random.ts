import { randomOf } from '../../helpers/random.ts';

/** A source of chance that a seed fixes. */
export interface Chance {
  /** From 0 up to 1. */
  next(): number;
  /** True so often, from 0 to 1. */
  is(share: number): boolean;
  /** A whole number from `low` to `high`, both included. */
  between(low: number, high: number): number;
  pick<T>(list: readonly T[]): T;
}

/** Chance by a seed. */
export function chance(seed: number): Chance {
  const next = randomOf(seed);
  return {
    next,
    is: share => next() < share,
    between: (low, high) => low + Math.floor(next() * (high - low + 1)),
    pick: list => list[Math.floor(next() * list.length)]!,
  };
}
