import type { Alert } from '../../core/alerts/alert.ts';
import { type Flush, flush, type Member } from '../../core/alerts/flush.ts';
import { defaultRule, type Rule } from '../../core/alerts/rule.ts';
import { writeMessage } from '../../core/alerts/write.ts';
import type { Step } from '../../core/store/store.ts';
import type { GroupRow } from '../../core/store/tables.ts';
import { type Channel, readChannels } from './channels.ts';
import { messageId, outgoing } from './outbox.ts';
import { type Quiet, readQuiet } from './quiet.ts';
import { readRules } from './routes.ts';
import { alertOf } from './take.ts';
import type { AlertTools } from './tools.ts';

const mostAtOnce = 50;
/** Values in one list of a statement. */
const longestList = 500;

/** What all groups of a turn are decided by. */
interface Known {
  readonly rules: readonly Rule[];
  readonly channels: readonly Channel[];
  readonly quiet: Quiet;
}

/** Tells of the groups whose time has come: what was told and the messages that tell it are one commit. How many there were. */
export async function flushDue(tools: AlertTools): Promise<number> {
  const { store, clock } = tools;
  const now = clock.now();
  const due = store.db.selectFrom('alert_groups').selectAll().where('next_at', '<=', now).orderBy('next_at');
  const groups = await due.limit(mostAtOnce).execute();
  if (groups.length === 0) return 0;
  const rules = await readRules(store);
  const known = { rules, channels: await readChannels(store), quiet: await readQuiet(store, now, rules) };
  const each: (readonly Step[])[] = [];
  for (const group of groups) each.push(await flushing(tools, group, known));
  // One of them was changed meanwhile: the others count all the same, and it is looked at again at once.
  if (!(await store.commit(each.flat()))) for (const own of each) await store.commit(own);
  tools.queue.wake();
  return groups.length;
}

/** The writes that tell of one group. */
async function flushing(tools: AlertTools, group: GroupRow, known: Known): Promise<readonly Step[]> {
  const { db } = tools.store;
  const now = tools.clock.now();
  const rule = group.route_id === 0 ? defaultRule : known.rules.find(({ id }) => id === group.route_id);
  const rows = await readMembers(tools, group.id);
  const alerts = new Map(rows.map(({ alert }) => [alert.subject, alert]));
  const own = db.updateTable('alert_groups').where('id', '=', group.id).where('version', '=', group.version);
  const gone = db.deleteFrom('alert_groups').where('id', '=', group.id).where('version', '=', group.version);
  const forgetAll = { query: db.deleteFrom('group_alerts').where('group_id', '=', group.id) };
  if (!rule) return [{ query: gone, changes: 1 }, forgetAll];
  const members = rows.map(({ alert, member }) => ({ ...member, quiet: known.quiet(alert, rule) }));
  const result = flush(members, rule.spec, { now, sent: group.sent, isMuted: rule.isMuted(now) });
  const set = { next_at: result.next ?? now, sent: result.send ? now : group.sent, version: group.version + 1 };
  return [
    result.next === undefined ? { query: gone, changes: 1 } : { query: own.set(set), changes: 1 },
    ...remember(tools, group.id, result, members),
    ...messages(tools, { group, rule, result, alerts, members, channels: known.channels }),
  ];
}

async function readMembers({ store }: AlertTools, group: string): Promise<{ alert: Alert; member: Member }[]> {
  const rows = await store.db
    .selectFrom('group_alerts')
    .innerJoin('alerts', 'alerts.subject', 'group_alerts.subject')
    .selectAll('alerts')
    .select(['told_firing', 'told_first', 'escalated'])
    .where('group_id', '=', group)
    .orderBy('alerts.id')
    .execute();
  return rows.map(row => ({
    alert: alertOf(row),
    member: {
      ...{ subject: row.subject, firing: row.state === 'firing', firings: row.firings, quiet: false },
      ...{ acknowledged: row.acknowledged !== null, told: row.told_firing, toldFirst: row.told_first },
      escalated: row.escalated === 1,
    },
  }));
}

/** The writes that keep what was told. */
function remember({ store, clock }: AlertTools, group: string, result: Flush, members: readonly Member[]): Step[] {
  const { db } = store;
  const now = clock.now();
  const firings = new Map(members.map(member => [member.subject, member.firings]));
  const update = (subjects: readonly string[], set: object) =>
    chunks(subjects).map(some => ({
      query: db.updateTable('group_alerts').set(set).where('group_id', '=', group).where('subject', 'in', some),
    }));
  const forget = chunks(result.forget).map(some => ({
    query: db.deleteFrom('group_alerts').where('group_id', '=', group).where('subject', 'in', some),
  }));
  const counts = new Set(result.begun.map(subject => firings.get(subject)!));
  const begun = [...counts].flatMap(count =>
    update(
      result.begun.filter(subject => firings.get(subject) === count),
      { told_firing: count, told_first: now, escalated: 0 },
    ),
  );
  return [...forget, ...begun, ...update(result.escalate, { escalated: 1 })];
}

interface Telling {
  readonly group: GroupRow;
  readonly rule: Rule;
  readonly result: Flush;
  readonly alerts: ReadonlyMap<string, Alert>;
  readonly members: readonly Member[];
  readonly channels: readonly Channel[];
}

function messages(tools: AlertTools, { group, rule, result, alerts, members, channels }: Telling): Step[] {
  const { spec } = rule;
  const at = tools.clock.now();
  const pick = (subjects: readonly string[]) => subjects.map(subject => alerts.get(subject)!);
  const base = { at, group: group.id, labels: JSON.parse(group.labels) as Record<string, string> };
  const idOf = (kind: string) => messageId(kind, group.id, group.created, group.version);
  const by = (names: readonly string[]) => {
    const found = channels.filter(({ name }) => names.includes(name));
    // A channel that is gone, or cannot be used, keeps nobody from hearing of it.
    const usable = found.filter(({ disabled }) => disabled === null);
    return usable.length > 0 ? usable : channels.filter(({ type, fallback }) => type === 'inbox' || fallback === 1);
  };
  const steps: Step[] = [];
  if (result.send) {
    const message = writeMessage({
      ...base,
      id: idOf('group'),
      firing: pick(result.firing),
      resolved: pick(result.resolved),
    });
    const wasEscalated = members.some(one => one.escalated && result.resolved.includes(one.subject));
    const names = wasEscalated ? [...spec.channels, ...spec.escalateTo] : spec.channels;
    steps.push(...by(names).flatMap(channel => outgoing(tools, channel, message)));
  }
  if (result.escalate.length > 0) {
    const firing = pick(result.escalate);
    const escalatedAfter = spec.escalateAfter;
    const message = writeMessage({ ...base, id: idOf('escalation'), firing, resolved: [], escalatedAfter });
    steps.push(...by(spec.escalateTo).flatMap(channel => outgoing(tools, channel, message)));
  }
  return steps;
}

function chunks(all: readonly string[]): string[][] {
  const count = Math.ceil(all.length / longestList);
  return Array.from({ length: count }, (_, at) => all.slice(at * longestList, (at + 1) * longestList));
}
