import type { Range } from '../metrics/range.ts';
import type { Asked } from './plan.ts';
import type { Bucket, Sample } from './rollup.ts';

/** What is read of one series. */
export interface History {
  /** Milliseconds in a bucket. */
  readonly step: number;
  readonly buckets: readonly Bucket[];
}

/** Measurements of servers, series by series. They are not the truth of anything: where the file is damaged or gone, it is begun anew and Hetzner asked again. */
export interface Samples {
  /** Adds what is not there yet to a server's series, and notes what has been asked of Hetzner, all at once; how many samples were new. Throws `unreachable` when the disk takes no more. */
  write(server: number, series: ReadonlyMap<string, readonly Sample[]>, asked?: Asked): number;
  /** Names of the server's series. */
  metrics(server: number): readonly string[];
  /** Samples of a series from start up to end, without it, in order. */
  samples(server: number, metric: string, range: Range): readonly Sample[];
  /** The series in buckets of `step` milliseconds, or of a step that makes no more than `most`; from the roll-ups that reach so far back. */
  history(server: number, metric: string, range: Range & { readonly step?: number; readonly most?: number }): History;
  /** When the newest sample of a series was taken, undefined when it has none. */
  newest(server: number, metric: string): number | undefined;
  /** What has been asked of Hetzner about each server. */
  asked(): ReadonlyMap<number, Asked>;
  /** Removes what is older than its level keeps, and what was asked about servers that are gone; how many rows that was. */
  prune(servers?: ReadonlySet<number>): number;
  close(): void;
}

/** The newest samples of a series since that time, both in ms: what checks of metrics look at. */
export function readLatest(samples: Pick<Samples, 'samples'>, server: number, metric: string, since: number) {
  const found = samples.samples(server, metric, { start: since, end: Number.MAX_SAFE_INTEGER });
  return found.map(([at, value]) => ({ at, value }));
}
