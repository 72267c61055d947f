import { differsInRetention } from '../../core/backup/keep.ts';
import type { Plan } from '../../core/backup/plan.ts';
import type { ScheduleSpec } from '../../core/backup/types.ts';
import type { ImageRow } from '../../core/store/tables.ts';
import { template } from '../../core/store/template.ts';
import type { Tools } from '../tools.ts';
import { type Brakes, type Circumstances, judge, readBrakes } from './decide.ts';
import { present } from './images.ts';
import type { Schedule } from './schedule.ts';

/** The plan of one server. */
export interface ServerPlan {
  readonly id: number;
  readonly name: string;
  readonly plan: Plan;
  readonly rows: readonly ImageRow[];
}

/** What becomes of the images of each server that a schedule has any of, as the store knows them. */
export async function planServers(
  tools: Pick<Tools, 'store' | 'clock'>,
  schedule: Schedule,
  circumstances: (server: number, rows: readonly ImageRow[]) => Circumstances,
): Promise<ServerPlan[]> {
  const rows = await imagesOf(tools.store, { schedule: schedule.id }).rows();
  return planRows(schedule, rows, await readBrakes(tools), circumstances);
}

/** The plan of each server that a schedule has images of among those, the oldest first. */
export function planRows(
  schedule: Schedule,
  rows: readonly ImageRow[],
  brakes: Brakes,
  circumstances: (server: number, rows: readonly ImageRow[]) => Circumstances,
): ServerPlan[] {
  return [...byServer(rows)].map(([id, own]) => ({
    id,
    name: own.at(-1)!.server_name,
    plan: judge(schedule, id, own, brakes, circumstances(id, own)),
    rows: own,
  }));
}

const imagesOf = template((db, { schedule }: { readonly schedule: number }) =>
  db
    .selectFrom('images')
    .selectAll()
    .where('schedule_id', '=', schedule)
    .where('state', 'in', present)
    .orderBy('created'),
);

/** Why a change of the spec waits for a person: it would let more images go at once than are made; undefined when it need not wait. */
export async function whatWaits(tools: Tools, schedule: Schedule, spec: ScheduleSpec): Promise<string | undefined> {
  if (!differsInRetention(schedule.spec, spec)) return undefined;
  const edited = { ...schedule, spec, approval_since: null };
  const deleted = await lastDeletions(tools, schedule.id);
  const plans = await planServers(tools, edited, (server, rows) => {
    const marked = rows.map(row => (row.delete_after === null ? 0 : row.delete_after - schedule.spec.grace));
    return { serverExists: true, edited: { lastPruned: Math.max(deleted.get(server) ?? 0, ...marked) } };
  });
  const waiting = plans.filter(({ plan }) => plan.approval !== null);
  if (waiting.length === 0) return undefined;
  const going = waiting.map(({ name, plan }) => `${plan.approval!.going} of ${name}`);
  return `it would let ${going.join(', ')} go at once: deletions wait for schedule approve`;
}

async function lastDeletions({ store }: Tools, schedule: number): Promise<ReadonlyMap<number, number>> {
  const rows = await store.db
    .selectFrom('images')
    .select(({ fn }) => ['server_id', fn.max('seen').as('seen')])
    .where('schedule_id', '=', schedule)
    .where('state', '=', 'deleted')
    .groupBy('server_id')
    .execute();
  return new Map(rows.map(({ server_id, seen }) => [server_id, seen]));
}

function byServer(rows: readonly ImageRow[]): ReadonlyMap<number, ImageRow[]> {
  const groups = new Map<number, ImageRow[]>();
  for (const row of rows) {
    const own = groups.get(row.server_id);
    if (own) own.push(row);
    else groups.set(row.server_id, [row]);
  }
  return groups;
}
