import type { Selectable } from 'kysely';
import { parseCron } from '../../core/backup/cron.ts';
import { isWithin, type Span, type Times, windowsIn } from '../../core/checks/maintenance.ts';
import type { Store } from '../../core/store/store.ts';
import type { MaintenanceRow } from '../../core/store/tables.ts';
import type { Watch } from './row.ts';

/** What a maintenance is, as its row keeps it; times in ms. */
export interface MaintenanceSpec {
  /** Ids of checks; all checks when neither these nor labels are given. */
  readonly checks: readonly number[];
  /** All of which a check must have. */
  readonly labels: Readonly<Record<string, string>>;
  readonly start?: number;
  readonly end?: number;
  readonly cron?: string;
  readonly duration?: number;
  readonly zone: string;
  readonly reason?: string;
}

export interface Maintenance extends Omit<Selectable<MaintenanceRow>, 'spec'> {
  readonly spec: MaintenanceSpec;
}

/** All of them, deleted ones too, since what lay in them stays out of the uptime. */
export async function readMaintenances({ db }: Store): Promise<Maintenance[]> {
  const rows = await db.selectFrom('maintenances').selectAll().orderBy('id').execute();
  return rows.map(row => ({ ...row, spec: JSON.parse(row.spec) }));
}

/** The times of a maintenance. */
export function timesOf({ cron, zone, duration = 0, start = 0, end = 0 }: MaintenanceSpec): Times {
  return cron === undefined
    ? { kind: 'once', start, end }
    : { kind: 'recurring', cron: parseCron(cron, zone), duration };
}

/** Whether it is about that check. */
export function covers({ spec: { checks, labels } }: Maintenance, check: Pick<Watch, 'id' | 'labels'>): boolean {
  const pairs = Object.entries(labels);
  if (checks.length === 0 && pairs.length === 0) return true;
  return checks.includes(check.id) || (pairs.length > 0 && pairs.every(([key, value]) => check.labels[key] === value));
}

/** Whether the check is being worked on at that moment. */
export function isInMaintenance(all: readonly Maintenance[], check: Pick<Watch, 'id' | 'labels'>, at: number): boolean {
  return all.some(one => {
    if (one.ended !== null && one.ended <= at) return false;
    return covers(one, check) && isWithin(timesOf(one.spec), at, begins(one));
  });
}

/** For each check its windows that touch the span; they are reckoned once for all checks. */
export function windowsWithin(
  all: readonly Maintenance[],
  span: Span,
): (check: Pick<Watch, 'id' | 'labels'>) => Span[] {
  const reckoned = all.map(one => {
    const windows = windowsIn(timesOf(one.spec), span, begins(one), one.ended ?? undefined);
    return { one, windows };
  });
  return check => reckoned.flatMap(({ one, windows }) => (covers(one, check) ? windows : []));
}

/** A single window may be entered after the fact; one that comes again and again counts from then on. */
function begins({ spec, created }: Maintenance): number {
  return spec.cron === undefined ? Number.NEGATIVE_INFINITY : created;
}
