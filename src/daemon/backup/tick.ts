import type { Entry } from '../../core/audit/audit.ts';
import { jitterOf } from '../../core/backup/due.ts';
import { Failure, toFailure } from '../../core/failure.ts';
import { happened } from '../../core/store/happened.ts';
import type { Step } from '../../core/store/store.ts';
import type { RunRow } from '../../core/store/tables.ts';
import { template } from '../../core/store/template.ts';
import type { Tools } from '../tools.ts';
import { stateOf } from './condition.ts';
import { whatIsDue } from './decide.ts';
import { advance, type Known, newRun } from './new-run.ts';
import { keyOf } from './run.ts';
import { readDue, type Schedule } from './schedule.ts';
import { readFormer, readServers, type Servers } from './servers.ts';
import { dueVerify } from './verify/due.ts';

/** Turns what is due at `now` (milliseconds) into runs and their jobs, once however many daemons do it; how many runs there are of it. */
export async function tick(tools: Tools, now: number): Promise<number> {
  const schedules = await readDue(tools.store, now);
  if (schedules.length === 0) return 0;
  const servers = readServers(tools);
  let begun = 0;
  for (const schedule of schedules) {
    try {
      if (schedule.next_due !== null && schedule.next_due <= now) begun += await start(tools, schedule, servers, now);
      if (schedule.next_verify !== null && schedule.next_verify <= now) begun += await dueVerify(tools, schedule, now);
    } catch (error) {
      // One that cannot be read or begun keeps no other from being.
      tools.log.error('schedule could not be begun', { schedule: schedule.name, reason: (error as Error).message });
    }
  }
  if (begun > 0) tools.queue.wake();
  return begun;
}

/** Reasons why a due time comes to nothing, and whose. */
interface Passed {
  readonly due: number;
  readonly servers: readonly Known[];
  readonly reason: string;
  readonly state: 'missed' | 'skipped';
}

async function start(tools: Tools, schedule: Schedule, servers: Servers, now: number): Promise<number> {
  const { spec } = schedule;
  const { run: due, missed, nextDue: next } = whatIsDue(spec, schedule.next_due!, now);
  const choice = await servers.choose(spec, readFormer(tools, schedule.id)).catch(error => unanswered(tools, error));
  const isSilent = choice instanceof Failure;
  // Nothing is lost by asking again at the next tick, as long as the window is open.
  if (isSilent && due !== null) return 0;
  const chosen = isSilent ? await lastServers(tools, schedule) : choice.servers;
  const passed: Passed[] = [];
  if (missed !== null) {
    const reason = isSilent
      ? `Hetzner did not answer within the window: ${choice.message}`
      : 'the daemon was not running within the window';
    passed.push({ due: missed, servers: chosen, reason, state: 'missed' });
  }
  const notices = isSilent ? [] : choice.notices;
  const faults = chosen.length === 0 ? notices : notices.filter(({ kind }) => kind === 'unknown');
  if (due !== null && !isSilent && faults.length > 0) {
    const reason = faults.map(({ message }) => message).join('; ');
    passed.push({ due, servers: choice.missing, reason, state: 'skipped' });
  }
  const runs = due === null ? [] : chosen.map(server => newRun(tools, schedule, server, due));
  const jobs = runs.map(run => {
    const spread = run.due + jitterOf(schedule.id, run.server_id, run.due, spec.jitter);
    const payload = { run: run.id };
    return tools.queue.adding({ name: 'backup', payload, key: keyOf(run), runAt: Math.max(now, spread) });
  });
  const steps: Step[] = [
    advance(tools, schedule, { next_due: next, last_due: due ?? missed ?? schedule.next_due }),
    ...runs.map(row => ({ query: adding(tools.store, row), changes: 'any' as const })),
    ...jobs,
    ...passed.flatMap(one => writePassed(tools, schedule, one, now)),
  ];
  const entries = passed.flatMap(one => entriesOf(schedule, one));
  const done = entries.length > 0 ? await tools.audit.commit(entries, steps) : await tools.store.commit(steps);
  for (const { reason, state } of done ? passed : []) {
    tools.log.warn(`backup ${state}`, { schedule: schedule.name, reason });
  }
  return done ? runs.length : 0;
}

const adding = template((db, row: RunRow) => db.insertInto('runs').values(row));

function writePassed(tools: Tools, schedule: Schedule, passed: Passed, now: number): Step[] {
  const { store } = tools;
  const { due, servers, reason, state } = passed;
  const rows = servers.map(server => ({
    ...newRun(tools, schedule, server, due),
    state,
    reason,
    step: 'ended',
    finished: now,
  }));
  const event = happened(store, now, `backup.${state}`, {
    schedule: { id: schedule.id, name: schedule.name },
    servers: servers.map(({ id, name }) => ({ id, name })),
    due: new Date(due).toISOString(),
    reason,
  });
  return [
    ...rows.map(row => ({ query: adding(store, row), changes: 'any' as const })),
    ...rows.flatMap(row => stateOf(tools, row, { state, reason })),
    event,
  ];
}

function entriesOf(schedule: Schedule, { servers, reason, due }: Passed): Entry[] {
  const targets =
    servers.length > 0
      ? servers.map(({ id, name }) => ({ type: 'server', id, name }))
      : [{ type: 'schedule', id: schedule.id, name: schedule.name }];
  return targets.map(target => ({
    actor: `schedule ${schedule.name}`,
    action: 'backup.create',
    target,
    result: 'refused',
    reason: `due ${new Date(due).toISOString()}: ${reason}`,
  }));
}

/** The servers of its last due time, where Hetzner does not say which there are. */
async function lastServers({ store }: Tools, schedule: Schedule): Promise<Known[]> {
  const rows = await store.db
    .selectFrom('runs')
    .select(['server_id as id', 'server_name as name'])
    .where('schedule_id', '=', schedule.id)
    .where('kind', '=', 'backup')
    .where('due', '=', schedule.last_due ?? 0)
    .execute();
  return rows;
}

function unanswered(tools: Tools, error: unknown): Failure {
  const failure = toFailure(error);
  if (failure.code === 'unexpected' || failure.code === 'interrupted') throw error;
  tools.log.warn('servers could not be listed', { reason: failure.message });
  return failure;
}
