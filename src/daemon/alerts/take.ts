import { type Alert, observe } from '../../core/alerts/alert.ts';
import type { Condition } from '../../core/alerts/condition.ts';
import { groupsOf, labelsOf } from '../../core/alerts/route.ts';
import type { Rule } from '../../core/alerts/rule.ts';
import type { Step, Store } from '../../core/store/store.ts';
import type { AlertRow, ConditionRow } from '../../core/store/tables.ts';
import { readRules } from './routes.ts';
import type { AlertTools } from './tools.ts';

const mostAtOnce = 200;

/** An alert as the store has it. */
export type KeptAlert = Omit<AlertRow, 'id'> & { readonly id: number };

/** Makes alerts of the conditions that wait, and puts those that fire into their groups, in one commit that takes the conditions away; how many there were. Another daemon may be first: then nothing is done. */
export async function takeConditions(tools: AlertTools): Promise<number> {
  const { store, clock, log } = tools;
  const { db } = store;
  const rows = await db.selectFrom('conditions').selectAll().orderBy('id').limit(mostAtOnce).execute();
  if (rows.length === 0) return 0;
  const subjects = [...new Set(rows.map(({ subject }) => subject))];
  const kept = await db.selectFrom('alerts').selectAll().where('subject', 'in', subjects).execute();
  const before = new Map(kept.map(row => [row.subject, row]));
  const now = new Map<string, Alert | undefined>(kept.map(row => [row.subject, alertOf(row)]));
  const told: Tidings[] = [];
  for (const row of rows) {
    const last = now.get(row.subject);
    const next = observe(last, conditionOf(row));
    now.set(row.subject, next);
    told.push(...changeOf(last, next));
  }
  const rules = await readRules(store);
  const alerts = [...now.values()].filter(alert => alert !== undefined);
  const changed = alerts.filter(alert => !isKept(alert, before.get(alert.subject)));
  const gone = kept.filter(({ subject }) => now.get(subject) === undefined);
  const ids = rows.map(({ id }) => id);
  const done = await store.commit([
    { query: db.deleteFrom('conditions').where('id', 'in', ids), changes: ids.length },
    ...writing(store, changed, before),
    ...gone.map(({ id, version }) => ({
      query: db.deleteFrom('alerts').where('id', '=', id).where('version', '=', version),
      changes: 1,
    })),
    ...joining(tools, changed, rules),
    ...telling(store, clock.now(), told),
  ]);
  if (!done) log.debug('conditions were taken by another daemon');
  return done ? rows.length : 0;
}

/** The writes that put alerts that fire into the groups of their routes; those that are in them stay as they are. */
export function joining({ store, clock }: AlertTools, alerts: readonly Alert[], rules: readonly Rule[]): Step[] {
  const { db } = store;
  const now = clock.now();
  const groups = new Map<string, Step[]>();
  for (const alert of alerts.filter(({ state }) => state === 'firing')) {
    for (const { id, rule, labels } of groupsOf(labelsOf(alert), rules)) {
      const row = { id, route_id: rule.id, labels: JSON.stringify(labels), next_at: now + rule.spec.groupWait };
      const insert = db.insertInto('alert_groups').values({ ...row, sent: null, version: 1, created: now });
      // A group that is being told of meanwhile must not be taken for empty.
      const touch = db.updateTable('alert_groups').set(({ eb }) => ({ version: eb('version', '+', 1) }));
      const steps = groups.get(id) ?? [{ query: insert, changes: 'any' }, { query: touch.where('id', '=', id) }];
      const member = { group_id: id, subject: alert.subject, told_firing: null, told_first: null, escalated: 0 };
      steps.push({ query: db.insertInto('group_alerts').values(member), changes: 'any' });
      groups.set(id, steps);
    }
  }
  return [...groups.values()].flat();
}

/** The row as the pure decisions take it. */
export function alertOf({ labels, details, pending, ...row }: Omit<AlertRow, 'id'>): Alert {
  const { subject, state, severity, summary, firings, at, started, ended } = row;
  return {
    ...{ subject, state, severity, summary, firings, at, started, ended },
    ...{ labels: JSON.parse(labels), details: details === null ? undefined : JSON.parse(details) },
    ...(pending !== null && { pending: JSON.parse(pending) }),
  };
}

function conditionOf({
  subject: key,
  labels,
  firing,
  details,
  fires_at: fires,
  ...row
}: Omit<ConditionRow, 'id'>): Condition {
  const { at, severity, summary } = row;
  const read = details === null ? undefined : JSON.parse(details);
  return {
    key,
    at,
    severity,
    summary,
    firing: firing === 1,
    ...(fires !== null && { fires }),
    labels: JSON.parse(labels),
    details: read,
  };
}

function isKept(alert: Alert, row: KeptAlert | undefined): boolean {
  return row !== undefined && JSON.stringify(alertOf(row)) === JSON.stringify(alert);
}

/** The writes of alerts: one for all that are new, and one for each that has changed. */
function writing({ db }: Store, alerts: readonly Alert[], before: ReadonlyMap<string, KeptAlert>): Step[] {
  const fresh = { acknowledged: null, acknowledged_by: null, acknowledged_reason: null };
  const begun = alerts.filter(({ subject }) => !before.has(subject));
  const rows = begun.map(alert => ({ ...rowOf(alert), ...fresh, version: 1 }));
  const inserts = rows.length > 0 ? [{ query: db.insertInto('alerts').values(rows), changes: rows.length }] : [];
  const updates = alerts.flatMap(alert => {
    const row = before.get(alert.subject);
    if (!row) return [];
    // What begins anew was acknowledged by nobody.
    const set = { ...rowOf(alert), ...(alert.firings !== row.firings && fresh), version: row.version + 1 };
    const query = db.updateTable('alerts').set(set).where('id', '=', row.id).where('version', '=', row.version);
    return [{ query, changes: 1 }];
  });
  return [...inserts, ...updates];
}

function rowOf({ labels, details, pending, ...rest }: Alert) {
  return {
    ...rest,
    ...{ labels: JSON.stringify(labels), details: details === undefined ? null : JSON.stringify(details) },
    pending: pending === undefined ? null : JSON.stringify(pending),
  };
}

interface Tidings {
  readonly what: 'firing' | 'resolved' | 'pending' | 'passed';
  readonly alert: Alert;
}

/** What has changed, for those who watch: `passed` is what was suspected and did not come. */
function changeOf(last: Alert | undefined, next: Alert | undefined): readonly Tidings[] {
  if (next?.pending) return last?.pending ? [] : [{ what: 'pending', alert: next }];
  if (next && next.state !== 'pending' && next.state !== last?.state) return [{ what: next.state, alert: next }];
  return last?.pending ? [{ what: 'passed', alert: last }] : [];
}

/** The write of the events `alert.firing`, `alert.resolved`, `alert.pending` and `alert.passed`. */
function telling({ db }: Store, at: number, alerts: readonly Tidings[]): Step[] {
  if (alerts.length === 0) return [];
  const rows = alerts.map(({ what, alert: { subject: key, severity, labels, summary, pending } }) => ({
    ...{ at, type: `alert.${what}` },
    data: JSON.stringify({ key, severity, labels, summary: pending?.summary ?? summary }),
  }));
  return [{ query: db.insertInto('events').values(rows) }];
}
