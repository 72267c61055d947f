import { duration, optional, whole } from '../backup/spec-values.ts';
import { Failure } from '../failure.ts';
import { field } from '../field.ts';
import type { Check } from './check.ts';

export const severities = ['info', 'warning', 'critical'] as const;

/** How often a check looks, and what it takes until it is said to be down or up; milliseconds. */
export interface Policy {
  readonly interval: number;
  readonly timeout: number;
  /** So long it has to have failed before it is down ... */
  readonly for: number;
  /** ... and so often in a row, both. */
  readonly count: number;
  /** So often it has to succeed in a row before it is up again. */
  readonly recoverCount: number;
  /** Where a value is measured: the threshold it has to pass before it is up again. */
  readonly clear?: number;
  readonly severity: (typeof severities)[number];
}

/** The policy's flags; what is not given has a default that depends on the kind. */
export const policyFields = {
  interval: field('duration', 'How often it is looked, at least 10s; 60s where absent', { placeholder: 'duration' }),
  within: field('duration', 'How long an answer may take; 10s where absent', { placeholder: 'duration' }),
  for: field('duration', 'How long it has to fail before it is down, besides --count', { placeholder: 'duration' }),
  count: field('integer', 'How often in a row it has to fail before it is down; 3 over the network, else 1', {
    placeholder: 'number',
  }),
  'recover-count': field('integer', 'How often in a row it has to succeed before it is up again; 1 where absent', {
    placeholder: 'number',
  }),
  clear: field('decimal', 'Value to be passed before it is up again, where the threshold is not enough', {
    placeholder: 'value',
  }),
  severity: field('text', 'How bad it is when it is down; critical where absent', { choices: severities }),
} as const;

const second = 1000;
const day = 86_400_000;

/** The policy from what was given by the names of flags, over what was there; throws `usage` that names the flag. */
export function readPolicy(check: Check, given: Readonly<Record<string, unknown>>, before?: Policy): Policy {
  const count = check.needs === 'network' ? 3 : 1;
  const interval = duration('interval', given.interval ?? before?.interval ?? 60 * second, 10 * second, day);
  const kept = before && before.timeout <= interval ? before.timeout : Math.min(10 * second, interval);
  const timeout = duration('within', given.within ?? kept, 100, 60 * second);
  if (timeout > interval) throw new Failure('usage', 'within: is longer than the interval');
  const clear = optional(given.clear ?? before?.clear, value => Number(value));
  return {
    interval,
    timeout,
    for: duration('for', given.for ?? before?.for ?? 0, 0, 7 * day),
    count: whole('count', given.count ?? before?.count ?? count, 1, 100),
    recoverCount: whole('recover-count', given['recover-count'] ?? before?.recoverCount ?? 1, 1, 100),
    ...(clear !== undefined && { clear }),
    severity: (given.severity ?? before?.severity ?? 'critical') as Policy['severity'],
  };
}
