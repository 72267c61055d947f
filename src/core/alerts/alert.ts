import type { Condition } from './condition.ts';

/** What is suspected of something: it will fire at `fires` if it goes on; milliseconds. */
export interface Pending {
  readonly since: number;
  readonly fires: number;
  readonly summary: string;
}

/** What the conditions of one subject have come to. */
export interface Alert extends Pick<Condition, 'severity' | 'labels' | 'summary' | 'details'> {
  readonly subject: string;
  /** `pending` for what has never fired. */
  readonly state: 'firing' | 'resolved' | 'pending';
  /** Absent while it fires, and where nothing is suspected. */
  readonly pending?: Pending;
  /** How often it has begun. */
  readonly firings: number;
  /** Of its last condition, of its begin and of its end; milliseconds. */
  readonly at: number;
  readonly started: number;
  readonly ended: number | null;
}

/** An alert after a condition: the same object when it says nothing new, undefined when nothing is or was wrong. What is older than what is known is not believed. */
export function observe(before: Alert | undefined, condition: Condition): Alert | undefined {
  const { key: subject, at, firing, severity, labels, summary, details } = condition;
  if (before && at < before.at) return before;
  if (condition.fires !== undefined) return suspect(before, condition, condition.fires);
  const said = { severity, labels, summary, details, at };
  if (!before) {
    return firing ? { subject, state: 'firing', ...said, firings: 1, started: at, ended: null } : undefined;
  }
  const { pending, ...rest } = before;
  if (before.state === 'firing') {
    if (!firing) return { ...rest, state: 'resolved', at, ended: at, summary, details };
    return isSame(before, said) ? before : { ...before, ...said };
  }
  if (firing) return { ...rest, ...said, state: 'firing', firings: before.firings + 1, started: at, ended: null };
  if (pending === undefined) return before;
  // What it was before it was suspected is what it is again.
  return before.firings === 0 ? undefined : { ...rest, at };
}

/** What is suspected is noted beside what was told of it the last time, which has to be told to its end. */
function suspect(before: Alert | undefined, condition: Condition, fires: number): Alert {
  const { key: subject, at, severity, labels, summary, details } = condition;
  if (before?.state === 'firing') return before;
  const said = { severity, labels, summary, details, at };
  const own = before && before.firings > 0 ? before : { subject, state: 'pending' as const, ...said, firings: 0 };
  const pending = { since: before?.pending?.since ?? at, fires, summary };
  return { started: pending.since, ended: null, ...own, at, pending };
}

function isSame(a: Pick<Alert, 'severity' | 'labels' | 'summary' | 'details'>, b: typeof a): boolean {
  const parts = ({ severity, labels, summary, details }: typeof a) =>
    JSON.stringify([severity, labels, summary, details]);
  return parts(a) === parts(b);
}
