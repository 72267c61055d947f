import type { Range } from '../metrics/range.ts';

/** Milliseconds. */
export const minute = 60_000;
export const hour = 60 * minute;
export const day = 24 * hour;

/** How finely samples are kept, and how long; in milliseconds. A chunk, one row of the file, has what falls into `span`. */
export interface Level {
  /** Length of a bucket; 0 for the samples themselves. */
  readonly step: number;
  readonly span: number;
  readonly keep: number;
}

/** The samples, for as long as Hetzner has them, and their roll-ups from fine to coarse: however long a series is kept, its size is fixed. The number of a level is its place in the file's keys; an hour's worth of the first three is one chunk. */
export const levels: readonly Level[] = [
  { step: 0, span: hour, keep: 30 * day },
  { step: minute, span: hour, keep: 2 * day },
  { step: 5 * minute, span: hour, keep: 10 * day },
  { step: hour, span: day, keep: 366 * day },
  { step: day, span: 32 * day, keep: 5 * 366 * day },
];

const niceSteps = [1, 2, 5, 10, 15, 30, 60, 120, 360, 720, 1440, 10_080].map(minutes => minutes * minute);

/** What a range is read from, and the length of its buckets. */
export interface Reading {
  readonly level: number;
  /** Milliseconds. */
  readonly step: number;
}

/** The level that answers for the range with buckets of `step` milliseconds, or of the finest round step that makes at most `most` of them. What is older than a fine level keeps is answered from a coarser one, with longer buckets where it has no such short ones. */
export function chooseLevel({ start, end }: Range, now: number, asked?: number, most = 500): Reading {
  const least = Math.max(asked ?? 0, Math.ceil((end - start) / most / 1000) * 1000);
  const step = asked === undefined ? (niceSteps.find(nice => nice >= least) ?? least) : Math.max(1000, asked);
  const reaching = levels.map((level, number) => ({ ...level, number })).filter(({ keep }) => start >= now - keep);
  const able = reaching.length > 0 ? reaching : [{ ...levels.at(-1)!, number: levels.length - 1 }];
  const fitting = able.filter(level => level.step === 0 || step % level.step === 0);
  const level = fitting.at(-1) ?? able[0]!;
  return { level: level.number, step: level.step === 0 ? step : Math.ceil(step / level.step) * level.step };
}
