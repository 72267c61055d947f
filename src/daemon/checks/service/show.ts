import { writeDuration } from '../../../core/backup/words.ts';
import { findKind } from '../../../core/checks/kinds.ts';
import { nextWindow } from '../../../core/checks/maintenance.ts';
import { hideSecrets } from '../../../core/settings.ts';
import type { Store } from '../../../core/store/store.ts';
import { timeOf } from '../../backup/service/common.ts';
import { covers, type Maintenance, timesOf } from '../maintenances.ts';
import type { Watch } from '../row.ts';

const historyShown = 50;

/** A check as lists have it. */
export function showCheck(
  watch: Watch,
  names: ReadonlyMap<number, string>,
  maintenances: readonly Maintenance[],
  now: number,
): Record<string, unknown> {
  const { id, name, kind, policy, labels, status } = watch;
  const settings = hideSecrets(findKind(kind).settings, watch.settings);
  const { watched, last } = status;
  const { interval, timeout: within, count, severity, recoverCount: recover_count, clear = null } = policy;
  return {
    ...{ id, name, type: kind, target: targetOf(watch), settings },
    ...{ interval, within, for: policy.for, count, recover_count, clear, severity, labels },
    ...{ parent: watch.parent_id === null ? null : (names.get(watch.parent_id) ?? null), paused: watch.paused === 1 },
    ...{ state: watched.state, since: watched.state === 'new' ? null : timeOf(watched.since) },
    ...{ flapping: watched.flapping, checked: timeOf(last?.at) },
    ...{ outcome: last?.outcome ?? null, message: last?.message ?? null, value: last?.value ?? null },
    timings: last?.timings ?? null,
    next_run: watch.paused === 1 ? null : timeOf(Math.max(watch.next_due, now)),
    maintenance: maintenanceOf(watch, maintenances, now),
    beat: timeOf(watch.beat?.at),
    ...{ created: timeOf(watch.created), updated: timeOf(watch.updated) },
  };
}

/** What a check came to: its newest states, and its newest results. */
export async function showHistory({ db }: Store, { id, status }: Watch): Promise<Record<string, unknown>> {
  const rows = await db
    .selectFrom('states')
    .selectAll()
    .where('check_id', '=', id)
    .orderBy('begun', 'desc')
    .orderBy('id', 'desc')
    .limit(historyShown)
    .execute();
  return {
    history: rows.map(({ state, begun, ended, reason }) => ({ state, from: timeOf(begun), to: timeOf(ended), reason })),
    results: status.recent.map(([at, outcome, took]) => ({ at: timeOf(at), outcome, took })).reverse(),
  };
}

/** What is watched, in a word. */
function targetOf({ settings }: Watch): string | null {
  const { url, host, port, server, schedule, budget, every } = settings;
  if (host !== undefined) return port === undefined ? String(host) : `${host}:${port}`;
  if (typeof every === 'number') return `every ${writeDuration(every)}`;
  const found = url ?? server ?? schedule ?? budget;
  return found === undefined ? null : String(found);
}

function maintenanceOf(watch: Watch, maintenances: readonly Maintenance[], now: number) {
  const ahead = maintenances
    .filter(one => one.ended === null && covers(one, watch))
    .flatMap(one => {
      const window = nextWindow(timesOf(one.spec), now);
      return window ? [{ name: one.name, ...window }] : [];
    })
    .sort((a, b) => a.from - b.from)[0];
  return ahead ? { name: ahead.name, from: timeOf(ahead.from), to: timeOf(ahead.to) } : null;
}
