/** How old a server's newest good image is for its schedule; `never` when it has none and one was due. */
export type Freshness = 'fresh' | 'warning' | 'critical' | 'never';

export interface FreshnessInput {
  /** When the newest good image was made, null when there is none; ms. */
  readonly newest: number | null;
  /** When the first image was due; ms. */
  readonly since: number;
  /** Between the schedule's last two due times; ms. */
  readonly period: number;
}

const hour = 3_600_000;
const day = 24 * hour;

/** Sanoid's limits for the periods it knows, as parts of the period. */
const known = [
  { period: hour, warning: 90 / 60, critical: 360 / 60 },
  { period: day, warning: 28 / 24, critical: 32 / 24 },
  { period: 7 * day, warning: 8 / 7, critical: 10 / 7 },
  { period: 30 * day, warning: 32 / 30, critical: 40 / 30 },
] as const;

/**
 * The ages (ms) at which images of that period are a worry: 90 min and 6 h for hourly ones, 28 h and 32 h for daily,
 * 8 d and 10 d for weekly, 32 d and 40 d for monthly; in between, the part of the period runs evenly with the
 * logarithm of the period; beyond both ends it stays.
 */
export function limitsOf(period: number): { readonly warning: number; readonly critical: number } {
  const above = known.findIndex(one => one.period >= period);
  const [low, high] =
    above === 0 ? [known[0], known[0]] : above < 0 ? [known[3], known[3]] : [known[above - 1]!, known[above]!];
  const share = low === high ? 0 : Math.log(period / low.period) / Math.log(high.period / low.period);
  const between = (from: number, to: number) => Math.round(period * (from + (to - from) * share));
  return { warning: between(low.warning, high.warning), critical: between(low.critical, high.critical) };
}

/** The state at `now`; an age that is at a limit is beyond it. Without any image it is overdue once as late as a warning allows. */
export function freshness({ newest, since, period }: FreshnessInput, now: number): Freshness {
  const { warning, critical } = limitsOf(period);
  if (newest === null) return now - since >= warning - period ? 'never' : 'fresh';
  const age = now - newest;
  if (age >= critical) return 'critical';
  return age >= warning ? 'warning' : 'fresh';
}
