import type { ScheduleSpec } from '../../../src/core/backup/types.ts';
import type { Store } from '../../../src/core/store/store.ts';
import type { Project } from './hetzner.ts';
import type { Chance } from './random.ts';

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

/** What a cron line may be, by how often it comes. */
const often = {
  daily: '30 2 * * *',
  twiceAWeek: '0 3 * * 1,4',
  weekly: '0 4 * * 0',
  twiceAMonth: '15 4 1,15 * *',
  monthly: '0 4 1 * *',
} as const;

/** Three schedules that the dice make: a frequent one of one or two servers, one of production and one of the rest; first due at `now` (milliseconds). */
export async function addSchedules(store: Store, now: number, dice: Chance): Promise<void> {
  const few = dice.is(0.1)
    ? { servers: ['web-1'], cron: dice.pick([often.daily, often.twiceAWeek]) }
    : { servers: ['web-1', 'web-2'], cron: dice.pick([often.weekly, often.twiceAMonth, often.monthly]) };
  const specs: ScheduleSpec[] = [
    { ...drawSpec(dice), ...few, keep: dice.pick([{ last: 3, weekly: 3 }, { daily: 5 }, { within: 10 * day }]) },
    {
      ...drawSpec(dice),
      ...{ selector: 'env=prod', cron: dice.is(0.1) ? often.weekly : often.monthly },
      keep: dice.pick([{ weekly: 4, monthly: 3 }, { last: 2 }, { last: 1, monthly: 2, yearly: 1 }]),
      ...(dice.is(0.7) && { verifyCron: '0 12 1 * *' }),
    },
    {
      ...drawSpec(dice),
      ...{ selector: 'env=test', exclude: ['web-10'], cron: often.monthly },
      keep: dice.pick([{ last: 2 }, { within: 40 * day }]),
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

function drawSpec(dice: Chance): Omit<ScheduleSpec, 'cron' | 'keep'> {
  return {
    ...{ servers: [], exclude: [], shutdown: dice.is(0.6), minKeep: dice.between(1, 2) },
    zone: dice.pick(['Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'UTC']),
    window: dice.pick([2, 4, 12]) * hour,
    jitter: dice.pick([0, 10 * minute, hour]),
    grace: dice.pick([0, day, 3 * day]),
  };
}
