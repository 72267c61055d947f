import type { Selectable } from 'kysely';
import type { ScheduleSpec } from '../../core/backup/types.ts';
import type { Store } from '../../core/store/store.ts';
import type { ScheduleRow } from '../../core/store/tables.ts';
import { template } from '../../core/store/template.ts';

/** A schedule as the store has it, what was asked for read. */
export type Schedule = Omit<Selectable<ScheduleRow>, 'spec'> & { readonly spec: ScheduleSpec };

/** The schedule of that id, undefined when there is none. */
export async function readSchedule(store: Store, id: number): Promise<Schedule | undefined> {
  const row = await byId(store, { id }).first();
  return row && parse(row);
}

const byId = template((db, { id }: { readonly id: number }) =>
  db.selectFrom('schedules').selectAll().where('id', '=', id),
);

/** Every schedule, by name. */
export async function readSchedules(store: Store): Promise<Schedule[]> {
  return (await byName(store, {}).rows()).map(parse);
}

const byName = template(db => db.selectFrom('schedules').selectAll().orderBy('name'));

/** Schedules of which something is due at `now` (milliseconds). */
export async function readDue(store: Store, now: number): Promise<Schedule[]> {
  return (await whatIsDue(store, { now }).rows()).map(parse);
}

const whatIsDue = template((db, { now }: { readonly now: number }) =>
  db
    .selectFrom('schedules')
    .selectAll()
    .where('paused', '=', 0)
    .where(row => row.or([row('next_due', '<=', now), row('next_verify', '<=', now)]))
    .orderBy('id'),
);

/** When a schedule is due next, in milliseconds; Infinity when none is. */
export async function readNextDue(store: Store): Promise<number> {
  const row = await firstDue(store, {}).first();
  return Math.min(row?.due ?? Number.POSITIVE_INFINITY, row?.verify ?? Number.POSITIVE_INFINITY);
}

const firstDue = template(db =>
  db
    .selectFrom('schedules')
    .select(({ fn }) => [fn.min('next_due').as('due'), fn.min('next_verify').as('verify')])
    .where('paused', '=', 0),
);

function parse(row: Selectable<ScheduleRow>): Schedule {
  return { ...row, spec: JSON.parse(row.spec) as ScheduleSpec };
}
