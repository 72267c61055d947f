import type { Message } from '../notify/message.ts';
import { type Alert, observe } from './alert.ts';
import type { Condition } from './condition.ts';
import { flush, type Member } from './flush.ts';
import { groupsOf, isInhibited, labelsOf } from './route.ts';
import type { Rule } from './rule.ts';
import { writeMessage } from './write.ts';

/** One message of a rehearsal, and who gets it. */
export interface Heard {
  /** Milliseconds since its begin. */
  readonly at: number;
  readonly channels: readonly string[];
  readonly message: Message;
}

interface Group {
  readonly rule: Rule;
  readonly labels: Readonly<Record<string, string>>;
  readonly members: Map<string, Pick<Member, 'told' | 'toldFirst' | 'escalated'>>;
  next: number;
  sent: number | null;
}

/** What the rules would tell of conditions, in virtual time: the same decisions as the daemon's, from the first condition (0) until `until` milliseconds. */
export function rehearse(rules: readonly Rule[], conditions: readonly Condition[], until: number): Heard[] {
  const alerts = new Map<string, Alert>();
  const groups = new Map<string, Group>();
  const heard: Heard[] = [];
  const waiting = [...conditions].sort((a, b) => a.at - b.at);

  function take(condition: Condition): void {
    const alert = observe(alerts.get(condition.key), condition);
    if (!alert) return;
    alerts.set(condition.key, alert);
    if (alert.state !== 'firing') return;
    for (const { id, rule, labels } of groupsOf(labelsOf(alert), rules)) {
      const next = condition.at + rule.spec.groupWait;
      const group = groups.get(id) ?? { rule, labels, members: new Map(), next, sent: null };
      groups.set(id, group);
      if (!group.members.has(condition.key))
        group.members.set(condition.key, { told: null, toldFirst: null, escalated: false });
    }
  }

  function tell(id: string, group: Group): void {
    const { rule, labels, members } = group;
    const now = group.next;
    const others = (own: Alert) =>
      [...alerts.values()].filter(one => one !== own && one.state === 'firing').map(labelsOf);
    const all = [...members].map(([subject, told]): Member => {
      const alert = alerts.get(subject)!;
      const quiet = isInhibited(labelsOf(alert), rule, others(alert));
      return { subject, firing: alert.state === 'firing', firings: alert.firings, acknowledged: false, quiet, ...told };
    });
    const result = flush(all, rule.spec, { now, sent: group.sent, isMuted: rule.isMuted(now) });
    const pick = (subjects: readonly string[]) => subjects.map(subject => alerts.get(subject)!);
    const say = (
      channels: readonly string[],
      firing: readonly string[],
      resolved: readonly string[],
      after?: number,
    ) => {
      const telling = { id: `${heard.length + 1}`, at: now, group: id, labels, escalatedAfter: after };
      const message = writeMessage({ ...telling, firing: pick(firing), resolved: pick(resolved) });
      heard.push({ at: now, channels, message });
    };
    const wasEscalated = all.some(one => one.escalated && result.resolved.includes(one.subject));
    const { channels, escalateTo, escalateAfter } = rule.spec;
    if (result.send) say(wasEscalated ? [...channels, ...escalateTo] : channels, result.firing, result.resolved);
    if (result.escalate.length > 0) say(escalateTo, result.escalate, [], escalateAfter);
    for (const subject of result.begun)
      members.set(subject, { told: alerts.get(subject)!.firings, toldFirst: now, escalated: false });
    for (const subject of result.escalate) members.set(subject, { ...members.get(subject)!, escalated: true });
    for (const subject of result.forget) members.delete(subject);
    if (result.send) group.sent = now;
    if (result.next === undefined) groups.delete(id);
    else group.next = result.next;
  }

  for (;;) {
    const due = [...groups].sort(([, a], [, b]) => a.next - b.next)[0];
    const condition = waiting[0];
    const isCondition = condition !== undefined && condition.at <= (due?.[1].next ?? Number.POSITIVE_INFINITY);
    const at = isCondition ? condition.at : (due?.[1].next ?? Number.POSITIVE_INFINITY);
    if (at > until) return heard;
    if (isCondition) take(waiting.shift()!);
    else tell(...due!);
  }
}
