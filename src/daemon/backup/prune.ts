import type { Plan } from '../../core/backup/plan.ts';
import type { Verdict } from '../../core/backup/types.ts';
import { failures } from '../../core/failure.ts';
import type { Job, Outcome } from '../../core/queue/queue.ts';
import type { Tools } from '../tools.ts';
import { judge, readBrakes } from './decide.ts';
import { deeds } from './deeds.ts';
import { letGo, take } from './lock.ts';
import { readServer } from './look.ts';
import { refresh, type Seen, write } from './refresh.ts';
import { readSchedule, type Schedule } from './schedule.ts';
import { isFinal, passes } from './trouble.ts';

/** Marks what the schedule's rules let go of one server, and deletes what was marked long enough ago. */
export async function prune(tools: Tools, job: Job<'prune'>): Promise<Outcome> {
  const { schedule, server } = job.payload;
  const lock = `lock/prune/${schedule}/${server}`;
  const now = tools.clock.now();
  if (!(await take(tools.store, lock, job.key))) return { again: now + 30_000 };
  const isLeft = await carryOut(tools, job).catch(error => {
    if (!passes(error) && !isFinal(error)) throw error;
    tools.log.warn('images could not be pruned', { schedule, server, reason: error.message });
    return passes(error);
  });
  await write(tools, job, [], [letGo(tools.store, lock, job.key)]);
  if (isLeft) return { again: tools.clock.now() + 300_000 };
}

/** Each deed is decided anew, by what is there just before it: what was decided a moment ago may hold no longer. True when one failed that may pass later. */
async function carryOut(tools: Tools, job: Job<'prune'>): Promise<boolean> {
  const tried = new Set<string>();
  let again = false;
  for (;;) {
    job.signal.throwIfAborted();
    const state = await decide(tools, job);
    if (!state) return again;
    const verdict = state.plan.images.find(({ id, decision }) => isDeed(decision) && !tried.has(`${decision} ${id}`));
    if (!verdict) {
      await tellBrake(tools, job, state);
      return again;
    }
    tried.add(`${verdict.decision} ${verdict.id}`);
    const seen = state.seen.find(({ row }) => row.id === verdict.id);
    if (!seen) continue;
    const deed = deeds[verdict.decision as keyof typeof deeds];
    const failed = await deed({ tools, job, schedule: state.schedule }, seen, verdict);
    again ||= failed !== undefined && failures[failed.code].again;
  }
}

interface State {
  readonly schedule: Schedule;
  readonly seen: readonly Seen[];
  readonly plan: Plan;
}

async function decide(tools: Tools, job: Job<'prune'>): Promise<State | undefined> {
  const { schedule: id, server } = job.payload;
  const schedule = await readSchedule(tools.store, id);
  // Without its schedule an image belongs to nobody, and a paused one deletes nothing.
  if (!schedule || schedule.paused) return undefined;
  const seen = await refresh(tools, job, job.payload);
  const serverExists = (await readServer(tools.hetzner, server)) !== undefined;
  const rows = seen.map(({ row }) => row);
  return { schedule, seen, plan: judge(schedule, server, rows, await readBrakes(tools), { serverExists }) };
}

/** Whether a decision is one that something is done about. */
export function isDeed(decision: Verdict['decision']): boolean {
  return decision === 'mark' || decision === 'unmark' || decision === 'delete';
}

/** Why nothing is deleted although the rules let go of something. */
async function tellBrake(tools: Tools, job: Job<'prune'>, { schedule, plan }: State): Promise<void> {
  const isHeldBack = plan.images.some(({ reasons }) => plan.stopped.some(reason => reasons.includes(reason)));
  if (!isHeldBack) return;
  const target = { type: 'schedule', id: schedule.id, name: schedule.name };
  const reason = plan.stopped.join('; ');
  const entry = {
    actor: `schedule ${schedule.name}`,
    action: 'backup.delete',
    target,
    result: 'refused',
    reason,
  } as const;
  await write(tools, job, [entry]);
}
