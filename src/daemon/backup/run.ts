import type { Entry } from '../../core/audit/audit.ts';
import type { ScheduleSpec } from '../../core/backup/types.ts';
import type { EventType } from '../../core/events/types.ts';
import { Failure } from '../../core/failure.ts';
import type { Job } from '../../core/queue/queue.ts';
import { happened } from '../../core/store/happened.ts';
import type { Step, Store } from '../../core/store/store.ts';
import type { RunRow } from '../../core/store/tables.ts';
import { template } from '../../core/store/template.ts';
import type { Tools } from '../tools.ts';
import { readSchedule, type Schedule } from './schedule.ts';

/** How late a request can have its effect after nobody answered it, in milliseconds. */
export const settling = 120_000;

/** What the steps of a run have to know of each other; times in milliseconds. */
export interface RunData {
  /** The action that makes the image, or the server of a restore test. */
  readonly action?: number;
  /** When Hetzner was asked to make it. */
  readonly asked?: number;
  /** Before this it cannot be told whether an unanswered request was carried out. */
  readonly settle?: number;
  /** Number of the audit entry whose outcome is open. */
  readonly entry?: number;
  /** How often it was tried to begin, or waited for the server before the hook after; and how often Hetzner would not answer. */
  readonly polls?: number;
  readonly troubles?: number;
  /** The hook that has to run in the end, since the one before was begun. */
  readonly after?: string;
  /** When the server was told to stop: it is this run's to start it again. */
  readonly stopped?: number;
  readonly stopSince?: number;
  /** There was no room, and a pruning was asked for. */
  readonly pruned?: boolean;
  /** What the run ends with once the hook after has run. */
  readonly outcome?: Ending;
  /** The server of a restore test. */
  readonly server?: number;
  readonly image?: number;
}

/** How a run ends. */
export interface Ending {
  readonly state: 'done' | 'failed' | 'missed' | 'skipped';
  readonly reason?: string;
}

/** A run in the hands of its job. */
export interface At {
  readonly tools: Tools;
  readonly job: Job<'backup' | 'verify'>;
  readonly run: RunRow;
  readonly data: RunData;
  /** Undefined when it was deleted. */
  readonly schedule: Schedule | undefined;
  readonly spec: ScheduleSpec | undefined;
}

/** What changes in the row of a run. */
export interface Change {
  readonly state?: RunRow['state'];
  readonly step?: string;
  readonly data?: Partial<RunData>;
  readonly image?: number;
  readonly reason?: string | null;
  readonly started?: number;
  readonly finished?: number;
}

/** What happens next: another step at once, the same job later, or nothing. */
export type Next = { readonly at: At } | { readonly again: number } | 'ended';

/** The key of the job of a run. */
export function keyOf(run: Pick<RunRow, 'kind' | 'schedule_id' | 'server_id' | 'due'>): string {
  return `${run.kind}/${run.schedule_id}/${run.server_id}/${run.due}`;
}

/** The run of that id, undefined when there is none. */
export function readRun(store: Store, id: string): Promise<RunRow | undefined> {
  return byId(store, { id }).first();
}

const byId = template((db, { id }: { readonly id: string }) => db.selectFrom('runs').selectAll().where('id', '=', id));

/** Reads the run of a job; undefined when it has ended. */
export async function readAt(tools: Tools, job: Job<'backup' | 'verify'>): Promise<At | undefined> {
  const run = await readRun(tools.store, job.payload.run);
  if (!run || (run.state !== 'waiting' && run.state !== 'running')) return undefined;
  const schedule = await readSchedule(tools.store, run.schedule_id);
  const data = settle(JSON.parse(run.data) as RunData, tools.clock.now());
  return { tools, job, run, data, schedule, spec: schedule?.spec };
}

/** Times of a clock that was wrong then: none of what was done lies in the future. */
function settle(data: RunData, now: number): RunData {
  const past = (time: number | undefined) => time && Math.min(time, now);
  const { asked, stopped, stopSince, settle: until } = data;
  return {
    ...data,
    ...{ asked: past(asked), stopped: past(stopped), stopSince: past(stopSince) },
    settle: until && Math.min(until, now + settling),
  };
}

/** Changes the run's row together with audit entries and other writes, as long as its job is held; throws `conflict` when it is not. The last entry that has begun is the one whose outcome is open. */
export async function save(
  at: At,
  change: Change,
  also: { entries?: readonly Entry[]; steps?: readonly Step[] } = {},
): Promise<At> {
  const { tools, job, run } = at;
  const { entries = [], steps = [] } = also;
  const { image, data: changed, ...columns } = change;
  const data = { ...at.data, ...changed };
  const written = {
    ...columns,
    ...(image !== undefined && { image_id: image }),
    data: JSON.stringify(data),
  };
  const query = changing(tools.store, { id: run.id, ...written });
  const all = [job.held(), { query }, ...steps];
  const done = entries.length > 0 ? await tools.audit.commit(entries, all) : await tools.store.commit(all);
  if (!done) throw new Failure('conflict', `job ${job.key} is no longer held`);
  const begun = entries.findLastIndex(entry => entry.result === 'begun');
  const entry = entries.length > 0 && begun >= 0 ? done[begun] : undefined;
  return {
    ...at,
    run: { ...run, ...written } as RunRow,
    data: entry === undefined ? data : { ...data, entry },
  };
}

const changing = template((db, { id, ...set }: Partial<RunRow> & Pick<RunRow, 'id'>) =>
  db.updateTable('runs').set(set).where('id', '=', id),
);

/** An audit entry about a run's server or image. */
export function entryOf(
  { run, data }: Pick<At, 'run' | 'data'>,
  action: string,
  result: Entry['result'],
  reason?: string,
  target: Entry['target'] = { type: 'server', id: run.server_id, name: run.server_name },
): Entry {
  const of = result === 'done' || result === 'failed' ? data.entry : undefined;
  return {
    actor: `schedule ${run.schedule_name}`,
    action,
    target,
    result,
    requestId: run.id,
    ...(reason !== undefined && { reason }),
    ...(of !== undefined && { of }),
  };
}

/** The write that tells of something that came of a run. */
export function tell({ tools, run }: Pick<At, 'tools' | 'run'>, type: EventType, more: object = {}): Step {
  return happened(tools.store, tools.clock.now(), type, {
    run: run.id,
    schedule: { id: run.schedule_id, name: run.schedule_name },
    server: { id: run.server_id, name: run.server_name },
    due: new Date(run.due).toISOString(),
    ...more,
  });
}

/** Until when a run may begin to make its image. */
export function lastStart({ run, spec }: Pick<At, 'run' | 'spec'>): number {
  return run.due + (spec ? spec.window + spec.jitter : 0);
}

/** Milliseconds before the next look at something that has been waited for so long: half as long again, from 3 s to 30 s. It follows from the times that are written down anyway, so that a look writes nothing. */
export function pollDelay(waited: number): number {
  return Math.min(30_000, Math.max(3_000, Math.ceil(waited / 2)));
}

/** Milliseconds before the n-th try of what Hetzner would not do, doubling from 30 s to 5 min. */
export function backoff(troubles: number): number {
  return Math.min(300_000, 30_000 * 2 ** Math.min(troubles, 8));
}
