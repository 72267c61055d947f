import { bucketed } from './bucket.ts';
import type { Keep, ScheduleSpec } from './types.ts';
import { writeDuration } from './words.ts';

const stretches = { hourly: 'hour', daily: 'day', weekly: 'week', monthly: 'month', yearly: 'year' } as const;

/** The retention in words: `the last 3, one for each of 7 days, and all of the last 14d; at least 1`. */
export function describeKeep({ keep, minKeep }: Pick<ScheduleSpec, 'keep' | 'minKeep'>): string {
  const parts = [
    ...(keep.last ? [`the last ${keep.last}`] : []),
    ...bucketed.flatMap(rule => (keep[rule] ? [`one for each of ${count(keep[rule], stretches[rule])}`] : [])),
    ...(keep.within ? [`all of the last ${writeDuration(keep.within)}`] : []),
  ];
  const rules = parts.length > 1 ? `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}` : parts.join('');
  return `${rules}; at least ${minKeep}`;
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

/** True when the same images could be judged otherwise: the rules, the least that stays, or the zone of their calendar. */
export function differsInRetention(one: Retention, other: Retention): boolean {
  const rules: readonly (keyof Keep)[] = ['last', ...bucketed, 'within'];
  const differs = rules.some(rule => (one.keep[rule] ?? 0) !== (other.keep[rule] ?? 0));
  return differs || one.minKeep !== other.minKeep || one.zone !== other.zone;
}

type Retention = Pick<ScheduleSpec, 'keep' | 'minKeep' | 'zone'>;
