import type { Metrics } from '../http/metrics.ts';
import type { Tools } from '../tools.ts';
import { readSchedules } from './schedule.ts';
import { freshnessOf } from './service/show.ts';

/** The measures of backups, of every server that a schedule backs up which is not paused. */
export function measureBackups(metrics: Metrics, tools: Pick<Tools, 'store' | 'clock'>): void {
  const readAll = async () => {
    const schedules = (await readSchedules(tools.store)).filter(({ paused }) => paused === 0);
    const fresh = schedules.map(async schedule => {
      const servers = await freshnessOf(tools, schedule);
      return servers.map(({ name, state, newest }) => ({ schedule: schedule.name, server: name, state, newest }));
    });
    return (await Promise.all(fresh)).flat();
  };
  // Both are asked for at once, and read once.
  let reading: ReturnType<typeof readAll> | undefined;
  const read = () => {
    reading ??= readAll().finally(() => {
      reading = undefined;
    });
    return reading;
  };
  metrics.gauge('cloudctl_backups', 'Backed up servers by how old their backups are', async () => {
    const count = { new: 0, ok: 0, late: 0, stale: 0 };
    for (const { state } of await read()) count[state] += 1;
    return Object.entries(count).map(([state, value]) => ({ labels: { state }, value }));
  });
  metrics.gauge('cloudctl_backup_age_seconds', 'Age of the newest good image', async () =>
    (await read()).flatMap(({ schedule, server, newest }) => {
      if (newest === null) return [];
      return [{ labels: { schedule, server }, value: (tools.clock.now() - Date.parse(newest)) / 1000 }];
    }),
  );
}
