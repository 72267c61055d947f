import { stating } from '../../core/alerts/condition.ts';
import type { Tools } from '../tools.ts';
import { staleness } from './condition.ts';
import { readSchedules } from './schedule.ts';
import { freshnessOf } from './service/show.ts';

/** Says which servers' backups have become too old, or are young again; and that nothing is wrong any more where a schedule or a server is no longer backed up. Only changes are written. */
export async function tellStale(tools: Tools): Promise<void> {
  const { store, clock } = tools;
  const now = clock.now();
  const all = await store.db.selectFrom('alerts').selectAll().where('state', '=', 'firing').execute();
  const rows = all.filter(({ subject }) => /^(backup|verify|stale)\//.test(subject));
  const firing = new Map(rows.map(row => [row.subject, row]));
  const schedules = (await readSchedules(store)).filter(({ paused }) => paused === 0);
  const conditions = [];
  const watched = new Set<string>();
  for (const schedule of schedules) {
    for (const server of await freshnessOf(tools, schedule)) {
      const one = staleness(now, schedule, server);
      const known = firing.get(one.key);
      if (one.firing !== (known !== undefined) || (known && known.severity !== one.severity)) conditions.push(one);
      watched.add(`${schedule.id}/${server.id}`);
    }
  }
  for (const { subject, severity, labels, summary } of rows) {
    if (watched.has(subject.slice(subject.indexOf('/') + 1))) continue;
    conditions.push({
      ...{ key: subject, at: now, firing: false, severity, labels: JSON.parse(labels) as Record<string, string> },
      summary: `${summary} (it is no longer backed up by that schedule)`,
    });
  }
  if (conditions.length > 0) await store.commit(conditions.map(one => stating(store, one)));
}
