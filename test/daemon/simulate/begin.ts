import type { ScheduleSpec } from '../../../src/core/backup/types.ts';
import type { Store } from '../../../src/core/store/store.ts';
import type { Project } from './hetzner.ts';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

/** Twenty servers, a third of them of production, a fifth with a volume. */
export function addServers(project: Project): void {
  for (let index = 1; index <= 20; index += 1) {
    const server = project.addServer(`web-${index}`, { env: index % 3 === 0 ? 'prod' : 'test' });
    if (index % 5 === 0) server.volumes = [index];
  }
}

/** A nightly schedule, a weekly and a monthly one, each with other rules, first due at `now` (milliseconds). */
export async function addSchedules(store: Store, now: number): Promise<void> {
  const base = { exclude: [], zone: 'Europe/Berlin', minKeep: 1, window: 4 * hour, jitter: 0, grace: day };
  const specs: ScheduleSpec[] = [
    {
      ...base,
      servers: ['web-1', 'web-2'],
      cron: '30 2 * * *',
      keep: { last: 3, weekly: 3 },
      shutdown: true,
      jitter: 10 * minute,
    },
    {
      ...base,
      servers: [],
      selector: 'env=prod',
      cron: '0 4 * * 0',
      keep: { weekly: 4, monthly: 3 },
      shutdown: false,
      verifyCron: '0 12 1 * *',
    },
    {
      ...base,
      servers: [],
      selector: 'env=test',
      exclude: ['web-10'],
      cron: '0 4 1 * *',
      keep: { last: 2 },
      shutdown: true,
      grace: 0,
      minKeep: 2,
    },
  ];
  for (const [index, spec] of specs.entries()) {
    const row = {
      ...{ name: `schedule-${index + 1}`, spec: JSON.stringify(spec), version: 1, paused: 0, next_due: now },
      ...{ last_due: null, next_verify: spec.verifyCron ? now : null, last_verify: null, approval_since: null },
      ...{ created: now, updated: now },
    };
    await store.commit([{ query: store.db.insertInto('schedules').values(row) }]);
  }
}
