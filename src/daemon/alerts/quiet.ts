import type { Alert } from '../../core/alerts/alert.ts';
import { type Matcher, readMatchers } from '../../core/alerts/matcher.ts';
import { isInhibited, labelsOf } from '../../core/alerts/route.ts';
import type { Rule } from '../../core/alerts/rule.ts';
import type { Store } from '../../core/store/store.ts';
import { alertOf } from './take.ts';

/** Whether nothing is told of an alert now. */
export type Quiet = (alert: Alert, rule: Rule) => boolean;

/** A silence that can be asked. */
interface Silencing {
  readonly subject: string | null;
  readonly matches: Matcher;
}

/** What is silenced at that time, in milliseconds, or inhibited by these routes. */
export async function readQuiet(store: Store, now: number, rules: readonly Rule[]): Promise<Quiet> {
  const { db } = store;
  const silences = await readSilencing(store, now);
  const inhibiting = rules.filter(({ spec }) => spec.inhibitedBy.length > 0);
  // There may be thousands, and each flush would read them.
  const firing =
    inhibiting.length > 0 ? await db.selectFrom('alerts').selectAll().where('state', '=', 'firing').execute() : [];
  const all = firing.map(row => ({ subject: row.subject, labels: labelsOf(alertOf(row)) }));
  const causes = new Map(inhibiting.map(({ id, isSource }) => [id, all.filter(({ labels }) => isSource(labels))]));
  return (alert, rule) => {
    if (silences.some(one => isSilenced(alert, one))) return true;
    const others = (causes.get(rule.id) ?? []).filter(({ subject }) => subject !== alert.subject);
    return isInhibited(
      labelsOf(alert),
      rule,
      others.map(({ labels }) => labels),
    );
  };
}

/** The silences that hold at that time. */
export async function readSilencing({ db }: Store, now: number): Promise<readonly Silencing[]> {
  const rows = await db.selectFrom('silences').selectAll().where('starts', '<=', now).where('ends', '>', now).execute();
  return rows.map(({ subject, matchers }) => ({ subject, matches: readMatchers(JSON.parse(matchers) as string[]) }));
}

/** Whether a silence is meant for an alert: for that one by its name, or by its labels. */
export function isSilenced(alert: Alert, { subject, matches }: Silencing): boolean {
  return subject === null ? matches(labelsOf(alert)) : subject === alert.subject;
}
