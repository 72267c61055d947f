import { createHash } from 'node:crypto';
import type { Condition } from './condition.ts';
import { defaultRule, type Rule } from './rule.ts';

type Labels = Readonly<Record<string, string>>;

/** What routes and silences choose by: the labels of an alert, and how bad it is. */
export function labelsOf({ labels, severity }: Pick<Condition, 'labels' | 'severity'>): Labels {
  return { ...labels, severity };
}

/** Which routes take an alert: of those in order the first that matches, and the next too while they say so; the default one where none does. */
export function route(labels: Labels, rules: readonly Rule[]): readonly Rule[] {
  const taken: Rule[] = [];
  for (const rule of rules) {
    if (!rule.matches(labels)) continue;
    taken.push(rule);
    if (!rule.spec.continue) break;
  }
  return taken.length > 0 ? taken : [defaultRule];
}

/** A group of a route: alerts that are told of together. */
export interface GroupKey {
  /** 32 hexadecimal digits, the same for the same route and labels. */
  readonly id: string;
  readonly rule: Rule;
  /** What the alerts have in common by the route's `groupBy`. */
  readonly labels: Labels;
}

/** The groups that an alert belongs to, one for each route that takes it. */
export function groupsOf(labels: Labels, rules: readonly Rule[]): GroupKey[] {
  return route(labels, rules).map(rule => {
    const pairs = [...new Set(rule.spec.groupBy)].sort().map(label => [label, labels[label] ?? ''] as const);
    const id = createHash('sha256')
      .update(JSON.stringify([rule.id, pairs]))
      .digest('hex')
      .slice(0, 32);
    return { id, rule, labels: Object.fromEntries(pairs) };
  });
}

/** Whether nothing is told of an alert because one of others fires that is worse or the cause of it; one that is a cause itself is always told of. */
export function isInhibited(labels: Labels, { isSource, spec }: Rule, firing: readonly Labels[]): boolean {
  if (spec.inhibitedBy.length === 0 || isSource(labels)) return false;
  return firing.some(
    other => isSource(other) && spec.equal.every(name => (other[name] ?? '') === (labels[name] ?? '')),
  );
}
