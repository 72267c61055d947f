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

/** What is silenced or inhibited at that time, in milliseconds. */
export async function readQuiet(store: Store, now: number): Promise<Quiet> {
  const { db } = store;
  const silences = await readSilencing(store, now);
  const firing = await db.selectFrom('alerts').selectAll().where('state', '=', 'firing').execute();
  const others = firing.map(row => ({ subject: row.subject, labels: labelsOf(alertOf(row)) }));
  return (alert, rule) => {
    if (silences.some(one => isSilenced(alert, one))) return true;
    if (rule.spec.inhibitedBy.length === 0) return false;
    const causes = others.filter(({ subject }) => subject !== alert.subject).map(({ labels }) => labels);
    return isInhibited(labelsOf(alert), rule, causes);
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
