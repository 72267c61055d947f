import { differsInRetention } from '../../core/backup/keep.ts';
import type { Plan } from '../../core/backup/plan.ts';
import type { ScheduleSpec } from '../../core/backup/types.ts';
import type { ImageRow } from '../../core/store/tables.ts';
import type { Tools } from '../tools.ts';
import { type Circumstances, judge } from './decide.ts';
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
  circumstances: (server: number) => Circumstances,
): Promise<ServerPlan[]> {
  const rows = await tools.store.db
    .selectFrom('images')
    .selectAll()
    .where('schedule_id', '=', schedule.id)
    .where('state', '!=', 'gone')
    .orderBy('created')
    .execute();
  const plans = [...byServer(rows)].map(async ([id, own]) => ({
    id,
    name: own.at(-1)!.server_name,
    plan: await judge(tools, schedule, id, own, circumstances(id)),
    rows: own,
  }));
  return Promise.all(plans);
}

/** Why a change of the spec waits for a person: it would let more images go at once than are made; undefined when it need not wait. */
export async function whatWaits(tools: Tools, schedule: Schedule, spec: ScheduleSpec): Promise<string | undefined> {
  if (!differsInRetention(schedule.spec, spec)) return undefined;
  const edited = { ...schedule, spec, approval_since: null };
  const plans = await planServers(tools, edited, () => ({ serverExists: true, edited: true }));
  const waiting = plans.filter(({ plan }) => plan.approval !== null);
  if (waiting.length === 0) return undefined;
  const going = waiting.map(({ name, plan }) => `${plan.approval!.going} of ${name}`);
  return `it would let ${going.join(', ')} go at once: deletions wait for schedule approve`;
}

function byServer(rows: readonly ImageRow[]): ReadonlyMap<number, ImageRow[]> {
  const groups = new Map<number, ImageRow[]>();
  for (const row of rows) groups.set(row.server_id, [...(groups.get(row.server_id) ?? []), row]);
  return groups;
}
