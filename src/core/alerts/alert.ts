import type { Condition } from './condition.ts';

/** What the conditions of one subject have come to. */
export interface Alert extends Pick<Condition, 'severity' | 'labels' | 'summary' | 'details'> {
  readonly subject: string;
  readonly state: 'firing' | 'resolved';
  /** How often it has begun. */
  readonly firings: number;
  /** Of its last condition, of its begin and of its end; milliseconds. */
  readonly at: number;
  readonly started: number;
  readonly ended: number | null;
}

/** An alert after a condition: the same object when it says nothing new, undefined when there was none and nothing is wrong. What is older than what is known is not believed. */
export function observe(before: Alert | undefined, condition: Condition): Alert | undefined {
  const { key: subject, at, firing, severity, labels, summary, details } = condition;
  if (!before) {
    if (!firing) return undefined;
    return { subject, state: 'firing', severity, labels, summary, details, firings: 1, at, started: at, ended: null };
  }
  if (at < before.at) return before;
  const isFiring = before.state === 'firing';
  if (!firing) return isFiring ? { ...before, state: 'resolved', at, ended: at, summary, details } : before;
  const said = { severity, labels, summary, details, at };
  if (isFiring) return isSame(before, said) ? before : { ...before, ...said };
  return { ...before, ...said, state: 'firing', firings: before.firings + 1, started: at, ended: null };
}

function isSame(a: Pick<Alert, 'severity' | 'labels' | 'summary' | 'details'>, b: typeof a): boolean {
  const parts = ({ severity, labels, summary, details }: typeof a) =>
    JSON.stringify([severity, labels, summary, details]);
  return parts(a) === parts(b);
}
