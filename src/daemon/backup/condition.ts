import { type Condition, stating } from '../../core/alerts/condition.ts';
import type { Step } from '../../core/store/store.ts';
import type { RunRow } from '../../core/store/tables.ts';
import type { Tools } from '../tools.ts';
import type { Ending } from './run.ts';

type Run = Pick<RunRow, 'kind' | 'schedule_id' | 'schedule_name' | 'server_id' | 'server_name'>;

/** The write that tells those who watch whether the last backup or restore test of a server went well; a run that was skipped says nothing. */
export function stateOf({ store, clock }: Pick<Tools, 'store' | 'clock'>, run: Run, { state, reason }: Ending): Step[] {
  if (state === 'skipped') return [];
  const { kind, schedule_name: schedule, server_name: server } = run;
  const firing = state !== 'done';
  const what = kind === 'backup' ? 'backup' : 'restore test of the backup';
  return [
    stating(store, {
      ...{ key: `${kind}/${run.schedule_id}/${run.server_id}`, at: clock.now(), firing, severity: 'critical' },
      labels: { alert: kind === 'backup' ? 'backup-failed' : 'verify-failed', schedule, server },
      summary: `${what} of ${server} by ${schedule} ${firing ? `${state}: ${reason ?? 'no reason is known'}` : 'is done'}`,
    }),
  ];
}

/** The condition that a server's backups are too old for its schedule. */
export function staleness(
  at: number,
  schedule: { readonly id: number; readonly name: string },
  server: { readonly id: number; readonly name: string; readonly state: string; readonly newest: string | null },
): Condition {
  const { state, newest, name } = server;
  const age = newest === null ? 'there is none' : `the newest good one is of ${newest}`;
  return {
    ...{ key: `stale/${schedule.id}/${server.id}`, at, firing: state === 'late' || state === 'stale' },
    severity: state === 'stale' ? 'critical' : 'warning',
    labels: { alert: 'backup-stale', schedule: schedule.name, server: name },
    summary: `backups of ${name} by ${schedule.name} are ${state}: ${age}`,
  };
}
